// Package simtag is an NTAG 424 DNA in memory: it holds keys, files, the read
// counter and the tamper loop, writes its mirrors at every tap and answers the
// chip's commands. Demonstrations, training and tests use it in place of a tag.
//
// It promises the bytes a tag would send for the same state and randomness, as
// far as the data sheet's examples show them. It does no I/O, is deterministic
// under the randomness handed in, and keeps nothing secret: its keys are whole
// in memory. It is not safe for concurrent use; a tag is in one field at a time.
package simtag

import (
	"errors"
	"io"

	"trueward/internal/standard/ntag424"
)

// MaxCounter is the last value of the 24-bit read counter; there the tag
// refuses to be read (data sheet §9.3.5).
const MaxCounter = 0xFFFFFF

// ErrCounterEnd: the read counter or its limit is reached.
var ErrCounterEnd = errors.New("simtag: the read counter has reached its end")

// Config says what a tag is when it leaves the factory.
type Config struct {
	UID  ntag424.UID
	Rand io.Reader // random parts of mirrors, challenges, transaction identifiers
	// Signature is the originality signature, 56 bytes; zeros are what a copy
	// would show.
	Signature [56]byte
	// TagTamper makes it the variant with a loop (NT4H2421Tx).
	TagTamper bool
}

// Tag is one simulated tag.
type Tag struct {
	cfg      Config
	keys     [ntag424.KeyCount]ntag424.Key
	versions [ntag424.KeyCount]byte
	files    [4][]byte // by file number; 0 is not used
	settings [4]ntag424.FileSettings
	ctr      uint32
	counted  bool // the counter rose in this read
	loop     loop
	failures [ntag424.KeyCount]int
	delayed  bool // the last authentication was answered with a delay
	randomID bool
	lrp      bool
	card     card
}

// New makes a tag in factory state: zero keys, SDM off, empty NDEF file.
func New(cfg Config) *Tag {
	t := &Tag{cfg: cfg}
	t.files[ntag424.FileCC] = make([]byte, ntag424.SizeCC)
	copy(t.files[ntag424.FileCC], ntag424.FactoryCC)
	t.files[ntag424.FileNDEF] = make([]byte, ntag424.SizeNDEF)
	t.files[ntag424.FileProprietary] = make([]byte, ntag424.SizeProprietary)
	free := ntag424.AccessFree
	t.settings[ntag424.FileCC] = ntag424.FileSettings{
		Rights: ntag424.Rights{Read: free}, Size: ntag424.SizeCC,
	}
	t.settings[ntag424.FileNDEF] = ntag424.FileSettings{
		Rights: ntag424.Rights{Read: free, Write: free, ReadWrite: free}, Size: ntag424.SizeNDEF,
	}
	t.settings[ntag424.FileProprietary] = ntag424.FileSettings{
		Comm:   ntag424.CommFull,
		Rights: ntag424.Rights{Read: 2, Write: 3, ReadWrite: 3}, Size: ntag424.SizeProprietary,
	}
	t.loop = newLoop(cfg.TagTamper)
	return t
}

// Personalise writes an image, settings and keys at once, past all access
// conditions: what a commissioned tag holds. Settings the tag would refuse are
// the ntag424 error.
func (t *Tag) Personalise(im ntag424.Image, s ntag424.FileSettings, keys [ntag424.KeyCount]ntag424.Key, version byte) error {
	if err := s.Validate(ntag424.FileNDEF, 0); err != nil {
		return err
	}
	if s.SDM != nil && s.SDM.Tamper && !t.loop.fitted {
		return &ntag424.Error{Code: ntag424.CodeNoLoop, Field: "tamper", Offset: -1}
	}
	copy(t.files[ntag424.FileNDEF], im.File)
	s.Size = ntag424.SizeNDEF
	t.settings[ntag424.FileNDEF] = s
	t.ctr = 0
	t.keys = keys
	for i := range t.versions {
		t.versions[i] = version
	}
	return nil
}

// Keys are the keys in the tag, for tests that compare them with what a writer
// stored.
func (t *Tag) Keys() [ntag424.KeyCount]ntag424.Key { return t.keys }

// UID is the tag's identity.
func (t *Tag) UID() ntag424.UID { return t.cfg.UID }

// Counter is the present read counter.
func (t *Tag) Counter() uint32 { return t.ctr }

// SetCounter puts the read counter, so that a tag can have had a past.
func (t *Tag) SetCounter(n uint32) { t.ctr = n & MaxCounter }

// Tap brings the tag into a field, reads its NDEF file once and returns the URL
// text, as a phone does.
func (t *Tag) Tap() (string, error) {
	t.Activate()
	file, err := t.readMirrored()
	if err != nil {
		return "", err
	}
	return ntag424.URL(file)
}

// Activate is power-up: session and counting start anew, the loop is measured.
func (t *Tag) Activate() {
	t.counted = false
	t.card = card{}
	t.loop.measure()
}

// random fills b from the randomness handed in.
func (t *Tag) random(b []byte) error {
	_, err := io.ReadFull(t.cfg.Rand, b)
	return err
}
