package auditing

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
)

// Renderer makes a stored document again. It answers false when the renderer
// that made it is not the present one.
type Renderer interface {
	Again(render, renderer string, doc billing.Document, stored []byte) ([]byte, bool, error)
}

// verifyExports compares stored documents with their digests and, where the
// same renderer is still there and the parties were kept, with what it makes
// of the invoice's frozen lines now. Kept exports are compared with their
// digests.
func verifyExports(q store.Queries, renderer Renderer, s *Summary) error {
	err := q.WalkRenders(func(r store.StoredRender) error {
		s.Rows++
		return verifyRender(r, renderer)
	})
	if err == nil {
		err = q.WalkExports(func(run store.ExportRun) error {
			s.Rows++
			return verifyRun(q, run)
		})
	}
	return settle(s, err)
}

func verifyRender(r store.StoredRender, renderer Renderer) error {
	finding := func(sentence string) error {
		return &Finding{Check: Exports, Kind: "document", ID: r.ID, Sentence: r.Number + " (" + r.Format + "): " + sentence}
	}
	sum := sha256.Sum256(r.Bytes)
	if hex.EncodeToString(sum[:]) != r.SHA256 {
		return finding("the stored bytes do not match their digest.")
	}
	if renderer == nil || r.Document == nil {
		return nil
	}
	again, known, err := renderer.Again(r.Format, r.Renderer, *r.Document, r.Bytes)
	switch {
	case err != nil:
		return finding("it cannot be made again: " + err.Error())
	case known && !bytes.Equal(again, r.Bytes):
		return finding("made again of its frozen lines it is another document.")
	}
	return nil
}

func verifyRun(q store.Queries, run store.ExportRun) error {
	whole, err := q.Export(run.ID)
	if err != nil {
		return err
	}
	h := sha256.New()
	if err := q.ExportBytes(whole, func(part []byte) error {
		_, _ = h.Write(part) // a hash takes everything
		return nil
	}); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != run.SHA256 {
		return &Finding{Check: Exports, Kind: "export", ID: run.ID, Sentence: run.Name + ": the stored bytes do not match their digest."}
	}
	return nil
}
