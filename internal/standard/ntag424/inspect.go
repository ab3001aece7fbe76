package ntag424

import "encoding/hex"

// Report is what a tag says of itself before anything is written to it. Only
// the signature, once verified, is more than a claim.
type Report struct {
	Version     Version
	UID         UID // of GetVersion; zeros under random ID
	Signature   []byte
	KeyVersions [KeyCount]byte
	Settings    [4]FileSettings // by file number, 1 to 3
}

// Factory reports whether the tag looks untouched: all key versions 00, SDM
// off. Only the zero key itself proves it.
func (r *Report) Factory() bool {
	return r.KeyVersions == [KeyCount]byte{} && r.Settings[FileNDEF].SDM == nil
}

// Inspection reads a tag without changing it: selection, GetVersion, signature,
// key versions and file settings.
type Inspection struct {
	steps  steps
	report Report
	done   bool
}

// NewInspection prepares the steps.
func NewInspection() *Inspection {
	i := new(Inspection)
	i.steps.queue = []step{
		selectApp(),
		i.steps.version(func(v Version) error {
			if !v.Known() {
				return refuse(CodeForeignTag, "get_version")
			}
			i.report.Version, i.report.UID = v, v.UID
			return nil
		}),
		fixed(ReadSig(), func(answer []byte) error {
			sig, err := ParseSig(answer)
			i.report.Signature = append([]byte(nil), sig...)
			return err
		}),
	}
	for no := range byte(KeyCount) {
		i.steps.queue = append(i.steps.queue, keyVersion(no, func(v byte) { i.report.KeyVersions[no] = v }))
	}
	for file := byte(FileCC); file <= FileProprietary; file++ {
		i.steps.queue = append(i.steps.queue, settings(file, func(f FileSettings) { i.report.Settings[file] = f }))
	}
	return i
}

// Next takes the tag's last answer, nil at the start, and returns the next
// command, nil when the report is complete. After an error the inspection is
// over.
func (i *Inspection) Next(answer []byte) ([]byte, error) {
	command, err := i.steps.next(answer)
	if err != nil {
		i.steps = steps{}
		return nil, err
	}
	i.done = command == nil
	return command, nil
}

// Report is the finished report; false until then.
func (i *Inspection) Report() (Report, bool) { return i.report, i.done }

// DecodeAnswer reads an answer that a reader delivered as hex digits. Odd
// length, another alphabet, and more than 258 bytes are CodeMalformed.
func DecodeAnswer(text string) ([]byte, error) {
	if len(text) > 2*maxAnswer {
		return nil, refuse(CodeMalformed, "answer")
	}
	b, err := hex.DecodeString(text)
	if err != nil {
		return nil, refuse(CodeMalformed, "answer")
	}
	return b, nil
}
