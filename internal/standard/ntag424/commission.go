package ntag424

import (
	"bytes"
	"io"
)

// State is how far a tag has come. It is what a store keeps per tag.
type State string

// The states, in order (a run that is resumed passes through them again), and the two ends that are not wanted.
const (
	StatePlanned     State = "planned"
	StateKeysWritten State = "keys_written" // keys 1 to 4 are the new ones
	StateSDMSet      State = "sdm_set"
	StateMasterSet   State = "master_set"
	StateVerified    State = "verified"
	StateInterrupted State = "interrupted" // the next tap starts again with the same plan
	StateQuarantined State = "quarantined" // no more attempts
)

// Plan is what one tag is to become. It is stored, with old and new keys, before
// the first command is sent, and kept until the tag is verified: a tag torn from
// the reader is finished by running the same plan again.
type Plan struct {
	UID      UID
	Image    Image
	Settings FileSettings
	Keys     [KeyCount]Key
	Version  byte // key epoch 01 to FF, different from every version in the tag
	Old      [KeyCount]Key
	// Known is a tag of ours, to be resumed or written anew. Any other tag must
	// be in factory state.
	Known bool
	// Check judges the URL of the first tap; it should be the verifier that
	// production uses, and require UID and counter 1.
	Check func(url string) error
}

// Limits of one tap.
const (
	maxDelays   = 10 // authentications answered with a delay
	maxFailures = 4  // failed authentications
)

// Commission writes a tag, one command at a time.
type Commission struct {
	plan     Plan
	rand     io.Reader
	steps    steps
	state    State
	session  *Session
	versions [KeyCount]byte // as the tag told outside a session
	settings FileSettings   // likewise, of the NDEF file
	renewed  bool           // a new session was begun once
	failures int
	delays   int
	url      string
}

// NewCommission checks a plan and prepares its steps. Randomness must be fit for
// keys. A plan that the tag would refuse is CodeSettings.
func NewCommission(p Plan, rand io.Reader) (*Commission, error) {
	if p.Version == 0 {
		return nil, refuse(CodeSettings, "key_version")
	}
	p.Settings.Size = SizeNDEF
	if p.Settings.SDM == nil || p.Check == nil || len(p.Image.File) < imageHead || len(p.Image.File) > SizeNDEF {
		return nil, refuse(CodeSettings, "image")
	}
	if err := p.Settings.Validate(FileNDEF, 0); err != nil {
		return nil, err
	}
	for _, s := range p.Settings.SDM.spans() {
		if int(s.start+s.size) > len(p.Image.File) {
			return nil, settingsError(s.name)
		}
	}
	c := &Commission{plan: p, rand: rand, state: StatePlanned}
	c.begin()
	return c, nil
}

// State is how far the tag has come; it is to be stored after every Next.
func (c *Commission) State() State { return c.state }

// URL is the text of the first tap, once the tag is verified.
func (c *Commission) URL() string { return c.url }

// Interrupt records a lost answer or a tag that left the field. Nothing more is
// sent; the plan is run again at the next tap.
func (c *Commission) Interrupt() {
	c.steps = steps{}
	if c.session != nil {
		c.session.Drop()
	}
	if c.state != StateVerified && c.state != StateQuarantined {
		c.state = StateInterrupted
	}
}

// Next takes the tag's last answer, nil at the start, and returns the next
// command, nil at the end. After an error nothing more is sent and State tells
// what to do: StateQuarantined is final, StateInterrupted may be run again. One
// lost session is begun anew without troubling the caller.
func (c *Commission) Next(answer []byte) ([]byte, error) {
	command, err := c.steps.next(answer)
	if err == nil {
		return command, nil
	}
	if CodeOf(err) == CodeNoStep {
		return nil, err
	}
	if e, ok := err.(*Error); ok && e.Code == CodeStatus {
		switch action := e.Status.Action(); {
		case action == ActionQuarantine:
			c.quarantine()
			return nil, err
		case action == ActionDrop && !c.renewed:
			c.renewed = true
			c.begin()
			return c.steps.next(nil)
		}
	}
	c.Interrupt()
	return nil, err
}

func (c *Commission) quarantine() {
	c.steps, c.state = steps{}, StateQuarantined
}

// begin queues a whole run. Which steps still have work to do is decided as the
// tag answers.
func (c *Commission) begin() {
	c.session = nil
	c.steps = steps{}
	q := []step{selectApp(), c.steps.version(c.sameTag)}
	for no := range byte(KeyCount) {
		q = append(q, keyVersion(no, func(v byte) { c.versions[no] = v }))
	}
	c.steps.queue = append(q, settings(FileNDEF, func(f FileSettings) { c.settings = f; c.decide() }))
}

func (c *Commission) sameTag(v Version) error {
	switch {
	case !v.Known():
		return refuse(CodeForeignTag, "get_version")
	case !v.RandomID() && v.UID != c.plan.UID:
		return refuse(CodeTagChanged, "get_version")
	}
	return nil
}

// decide queues the rest, knowing what the tag claims to hold.
func (c *Commission) decide() {
	if !c.plan.Known && (c.versions != [KeyCount]byte{} || c.settings.SDM != nil) {
		c.steps.first(step{send: func() ([]byte, error) { return nil, refuse(CodeForeignTag, "get_key_version") }})
		return
	}
	free := c.settings.Rights.Write == AccessFree || c.settings.Rights.ReadWrite == AccessFree
	content := c.contentMissing()
	if content && free {
		c.steps.first(c.writeOutside()...)
	}
	c.steps.queue = append(c.steps.queue, c.openMaster(func() {
		q := []step{c.checkUID()}
		if c.plan.Settings.SDM.Tamper {
			q = append(q, c.enableTamper())
		}
		if content && !free {
			q = append(q, c.writeInside()...)
		}
		for no := byte(1); no < KeyCount; no++ {
			q = append(q, c.changeKey(no))
		}
		q = append(q, c.changeSettings()...)
		q = append(q, c.changeKey(KeyMaster))
		c.steps.queue = append(q, c.proveKeys()...)
	}))
}

// checkUID asks for the UID under the session's MAC: GetVersion can be made up
// by anything between reader and tag.
func (c *Commission) checkUID() step {
	return step{
		func() ([]byte, error) { return c.session.GetCardUID() },
		func(answer []byte) error {
			data, err := c.session.Response(CommFull, answer)
			if err == nil && !bytes.Equal(data, c.plan.UID[:]) {
				return refuse(CodeTagChanged, "get_card_uid")
			}
			return err
		},
	}
}

// enableTamper comes before the keys: a tag without a loop says so while it is
// still what it was.
func (c *Commission) enableTamper() step {
	return step{
		func() ([]byte, error) { return c.session.EnableTamper(KeyMaster) },
		func(answer []byte) error {
			data, err := c.session.Response(CommFull, answer)
			if e, ok := err.(*Error); ok && e.Code == CodeStatus && e.Status == StatusParameter {
				c.quarantine()
				return refuse(CodeNoLoop, "set_configuration")
			}
			if err == nil && len(data) != 0 {
				return refuse(CodeMalformed, "set_configuration")
			}
			return err
		},
	}
}

// changeKey replaces one key unless the tag says under MAC that it is done, and
// asks again afterwards.
func (c *Commission) changeKey(no byte) step {
	return c.askVersion(no, func(v byte) error {
		if v == c.plan.Version {
			c.keyDone(no)
			return nil
		}
		change := step{
			func() ([]byte, error) {
				return c.session.ChangeKey(no, c.plan.Keys[no], c.plan.Old[no], c.plan.Version)
			},
			func(answer []byte) error {
				err := c.session.FinishChangeKey(no, answer)
				if err == nil && no == KeyMaster {
					c.keyDone(no)
				}
				return err
			},
		}
		if no == KeyMaster {
			c.steps.first(change)
			return nil
		}
		c.steps.first(change, c.askVersion(no, func(v byte) error {
			if v != c.plan.Version {
				return refuse(CodeVerify, "get_key_version")
			}
			c.keyDone(no)
			return nil
		}))
		return nil
	})
}

func (c *Commission) askVersion(no byte, done func(byte) error) step {
	return step{
		func() ([]byte, error) { return c.session.GetKeyVersion(no) },
		func(answer []byte) error {
			data, err := c.session.Response(CommMAC, answer)
			if err != nil {
				return err
			}
			if len(data) != 1 {
				return refuse(CodeMalformed, "get_key_version")
			}
			return done(data[0])
		},
	}
}

func (c *Commission) keyDone(no byte) {
	switch no {
	case KeyCount - 1:
		c.state = StateKeysWritten
	case KeyMaster:
		c.state = StateMasterSet
	}
}

// changeSettings is done in every run: it also sets the read counter to 0, so
// that the first tap of a new epoch is counter 1.
func (c *Commission) changeSettings() []step {
	return []step{
		{
			func() ([]byte, error) { return c.session.ChangeSettings(FileNDEF, c.plan.Settings) },
			func(answer []byte) error { _, err := c.session.Response(CommFull, answer); return err },
		},
		{
			func() ([]byte, error) { return c.session.GetSettings(FileNDEF) },
			func(answer []byte) error {
				data, err := c.session.Response(CommMAC, answer)
				if err == nil && !bytes.Equal(data, c.plan.Settings.EncodeAnswer()) {
					return refuse(CodeVerify, "get_file_settings")
				}
				if err == nil {
					c.state = StateSDMSet
				}
				return err
			},
		},
	}
}
