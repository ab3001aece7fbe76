package ui

import "strconv"

// Bar is one bar of a chart. Text is the value as written beside it.
type Bar struct {
	Label string
	Value float64
	Text  string
	Mark  bool // stands out, such as "over 60 days"
}

// ChartProps describe a bar chart. Conclusion is what the chart shows, as one
// sentence; it is also the name of the picture for those who cannot see it.
type ChartProps struct {
	Conclusion string
	LabelHead  string
	ValueHead  string
	Bars       []Bar
}

// The chart's field, in SVG units: horizontal bars, so that labels stay
// readable on a phone.
const (
	chartWidth = 640
	barStep    = 40
	barHeight  = 16
	barTop     = 20
)

func (p ChartProps) viewBox() string {
	return "0 0 " + itoa(chartWidth) + " " + itoa(len(p.Bars)*barStep+4)
}

func (p ChartProps) most() float64 {
	most := 0.0
	for _, b := range p.Bars {
		most = max(most, b.Value)
	}
	return most
}

// width is the length of a bar; a value above nothing is always visible.
func (p ChartProps) width(b Bar) string {
	most := p.most()
	if most <= 0 || b.Value <= 0 {
		return "0"
	}
	w := b.Value / most * chartWidth
	return strconv.FormatFloat(max(w, 2), 'f', 1, 64)
}

func (b Bar) class() string {
	if b.Mark {
		return "bar-mark"
	}
	return "bar"
}
