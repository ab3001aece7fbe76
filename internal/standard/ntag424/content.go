package ntag424

// writeChunk keeps every frame within 128 bytes, which the chip writes whole or
// not at all.
const writeChunk = 112

// contentMissing reports whether the NDEF file is still to be written: it is
// written before any key, so keys at their target prove it.
func (c *Commission) contentMissing() bool {
	for _, v := range c.versions[1:] {
		if v != c.plan.Version {
			return true
		}
	}
	return false
}

// chunks are the writes of the file: length 0 first and the true length last, so
// that a torn tag is an empty one, never half a URL.
func (c *Commission) chunks() []chunk {
	file := c.plan.Image.File
	out := []chunk{{0, []byte{0, 0}}}
	for at := 2; at < len(file); at += writeChunk {
		out = append(out, chunk{at, file[at:min(at+writeChunk, len(file))]})
	}
	return append(out, chunk{0, file[:2]})
}

type chunk struct {
	at   int
	data []byte
}

func (c *Commission) writeOutside() []step {
	q := []step{fixed(SelectFile(IDNDEF), expectISO("select_file"))}
	for _, w := range c.chunks() {
		q = append(q, fixed(UpdateBinary(uint16(w.at), w.data), expectISO("update_binary")))
	}
	return q
}

func (c *Commission) writeInside() []step {
	var q []step
	for _, w := range c.chunks() {
		mode := c.settings.Comm
		q = append(q, step{
			func() ([]byte, error) { return c.session.Write(mode, FileNDEF, uint32(w.at), w.data) },
			func(answer []byte) error { _, err := c.session.Response(mode, answer); return err },
		})
	}
	return q
}
