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

// width is the length of a bar in hundredths of the longest; a value above
// nothing is always visible.
func (p ChartProps) width(b Bar) string {
	most := 0.0
	for _, other := range p.Bars {
		most = max(most, other.Value)
	}
	if most <= 0 || b.Value <= 0 {
		return "0"
	}
	return strconv.FormatFloat(max(b.Value/most*100, 0.5), 'f', 1, 64)
}

func (b Bar) class() string {
	if b.Mark {
		return "bar-mark"
	}
	return "bar"
}
