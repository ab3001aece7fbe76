package simtag_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
)

// TestReadInPieces: the status behind one piece must not be written over the
// next one.
func TestReadInPieces(t *testing.T) {
	tag := simtag.New(simtag.Config{Rand: rand.NewChaCha8([32]byte{1})})
	content := []byte{0x00, 0x06, 0xD1, 0x01, 0x02, 0x55, 0x04, 0x61}
	tag.Transceive(ntag424.SelectApp())
	tag.Transceive(ntag424.SelectFile(ntag424.IDNDEF))
	tag.Transceive(ntag424.UpdateBinary(0, content))
	for range 2 {
		var got []byte
		for at := 0; at < len(content); at += 2 {
			answer := tag.Transceive(ntag424.ReadBinary(uint16(at), 2))
			got = append(got, answer[:2]...)
		}
		if !bytes.Equal(got, content) {
			t.Fatalf("% X, want % X", got, content)
		}
	}
}
