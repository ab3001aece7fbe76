package reader

import (
	"context"
	"errors"

	"trueward/internal/domain/device"
	"trueward/internal/standard/ndef"
	"trueward/internal/standard/ntag21x"
	"trueward/internal/standard/ntag424"
)

// Read implements Reader. A tag that holds no NDEF message, or no signature, is
// read without; a tag that leaves in the middle is device.TroubleTagGone.
func (p *PN532) Read(ctx context.Context, s device.Sighting) (device.Read, error) {
	if len(p.target.UID) == 0 || device.NewUID(p.target.UID) != s.UID {
		if err := p.activate(ctx, s); err != nil {
			return device.Read{}, err
		}
	}
	r := device.Read{Technology: device.NFC, UID: s.UID}
	read := p.readType2
	if p.target.ISODEP() {
		read = p.readISODEP
	}
	if err := read(ctx, &r); err != nil {
		return device.Read{}, err
	}
	r.At = p.clock.Now()
	return r, nil
}

// optional passes over what a tag merely does not have.
func optional(err error) error {
	if device.TroubleOf(err) == device.TroubleRefused {
		return nil
	}
	return err
}

// readISODEP reads an NTAG 424 DNA, or another Type 4 tag as far as it goes.
// The file comes last: a tag that counts its reads starts a new count after any
// other command.
func (p *PN532) readISODEP(ctx context.Context, r *device.Read) error {
	if ok, err := p.iso(ctx, ntag424.SelectApp()); !ok {
		return err
	}
	if err := p.identify424(ctx, r); err != nil {
		return err
	}
	if ok, err := p.iso(ctx, ntag424.SelectFile(ntag424.IDNDEF)); !ok {
		return err
	}
	file, err := p.readFile(ctx)
	if err != nil {
		return err
	}
	if message, err := ndef.Type4Message(file); err == nil {
		r.URL, _ = ndef.FirstURI(message)
	}
	return nil
}

// iso sends a command that answers with a status only.
func (p *PN532) iso(ctx context.Context, command []byte) (bool, error) {
	answer, err := p.Transceive(ctx, command)
	if err != nil {
		return false, err
	}
	a, err := ntag424.ParseAnswer(answer)
	return err == nil && a.Status == ntag424.StatusISOOK, nil
}

func (p *PN532) identify424(ctx context.Context, r *device.Read) error {
	answer, err := p.Transceive(ctx, ntag424.GetVersionPart())
	var joined []byte
	for err == nil {
		a, bad := ntag424.ParseAnswer(answer)
		if bad != nil || a.Status != ntag424.StatusMore && a.Status != ntag424.StatusOK {
			return nil // not of this family
		}
		joined = append(joined, a.Data...)
		if a.Status == ntag424.StatusOK || len(joined) > 64 {
			break
		}
		answer, err = p.Transceive(ctx, ntag424.MoreFrames())
	}
	if err != nil {
		return err
	}
	if v, err := ntag424.ParseVersion(joined); err != nil || !v.Known() {
		return nil
	}
	r.Technology = device.NTAG424
	if answer, err = p.Transceive(ctx, ntag424.ReadSig()); err != nil {
		return err
	}
	if sig, err := ntag424.ParseSig(answer); err == nil {
		r.Signature = append([]byte(nil), sig...)
	}
	return nil
}

// piece is how much of a file is read at once: no more than a tag sends in one
// block, so that nothing has to be put together on the way.
const piece = 112

// readFile reads the selected NDEF file: its length, then as much as it says.
// A file that cannot be read is empty.
func (p *PN532) readFile(ctx context.Context) ([]byte, error) {
	file, err := p.readBinary(ctx, 0, 2)
	if err != nil || len(file) < 2 {
		return nil, err
	}
	end := min(2+int(file[0])<<8+int(file[1]), ndef.MaxMessage)
	for len(file) < end {
		part, err := p.readBinary(ctx, len(file), min(piece, end-len(file)))
		if err != nil || len(part) == 0 {
			return nil, err
		}
		file = append(file, part...)
	}
	return file, nil
}

func (p *PN532) readBinary(ctx context.Context, offset, n int) ([]byte, error) {
	answer, err := p.Transceive(ctx, ntag424.ReadBinary(uint16(offset), byte(n)))
	if err != nil {
		return nil, err
	}
	a, err := ntag424.ParseAnswer(answer)
	if err != nil || a.Status != ntag424.StatusISOOK {
		return nil, nil
	}
	return a.Data, nil
}

// readType2 reads an NTAG 21x, or another Type 2 tag as far as it goes.
func (p *PN532) readType2(ctx context.Context, r *device.Read) error {
	if p.target.SAK != 0 {
		return nil // a card of a family that is not read here
	}
	if err := p.identify21x(ctx, r); err != nil {
		return err
	}
	data, err := p.readPages(ctx)
	if err != nil {
		return optional(err)
	}
	if message, err := ndef.Type2Message(data); err == nil {
		r.URL, _ = ndef.FirstURI(message)
	}
	return nil
}

// identify21x asks for product and signature. A tag that does not know these
// commands falls silent and has to be woken.
func (p *PN532) identify21x(ctx context.Context, r *device.Read) error {
	version, err := p.through(ctx, ntag21x.GetVersion())
	if err == nil {
		if v, bad := ntag21x.ParseVersion(version); bad == nil && v.Product() != "" {
			r.Technology, r.Product = device.NTAG21x, v.Product()
			var sig []byte
			if sig, err = p.through(ctx, ntag21x.ReadSignature()); err == nil && len(sig) == ntag21x.SignatureSize {
				r.Signature = append([]byte(nil), sig...)
			}
		}
	}
	switch device.TroubleOf(err) {
	case device.TroubleRefused, device.TroubleTagGone:
		return p.activate(ctx, device.Sighting{UID: r.UID})
	}
	return err
}

// readPages reads the data area until the message in it is whole.
func (p *PN532) readPages(ctx context.Context) ([]byte, error) {
	first, err := p.Transceive(ctx, ntag21x.Read(ntag21x.PageCC))
	if err != nil || len(first) != ntag21x.ReadSize {
		return nil, err
	}
	c, err := ndef.ParseCapability(first)
	if err != nil {
		return nil, nil
	}
	data := first[ntag21x.PageSize:]
	for len(data) < c.Size && unfinished(data) {
		page := ntag21x.PageUser + len(data)/ntag21x.PageSize
		if page > 0xFF {
			break
		}
		part, err := p.Transceive(ctx, ntag21x.Read(byte(page)))
		if err != nil || len(part) != ntag21x.ReadSize {
			return nil, err
		}
		data = append(data, part...)
	}
	return data[:min(len(data), c.Size)], nil
}

// unfinished reports whether more pages may complete the message: it is cut, or
// none began before the end of what was read.
func unfinished(data []byte) bool {
	_, err := ndef.Type2Message(data)
	var e *ndef.Error
	return errors.As(err, &e) && (e.Code == ndef.CodeTruncated || e.Code == ndef.CodeMissing && e.Offset >= len(data))
}
