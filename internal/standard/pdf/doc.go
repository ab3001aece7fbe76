// Package pdf writes pages of text, lines, filled rectangles and embedded
// TrueType fonts as PDF 1.7 (ISO 32000-1).
//
// It promises: equal calls give equal bytes; text can be searched and copied,
// as every font carries its way back to Unicode; a font is parsed once for the
// process and only the glyphs that a document uses are embedded, so that a
// page costs a millisecond and not ten.
//
// It does not draw pictures, forms or outlines, knows no kerning and no script
// written from the right, and a sign that a face lacks is drawn as its empty
// box.
package pdf
