package ntag424

import "io"

// login authenticates with a key and calls done, or failed if the tag does not
// accept the key. A delay is answered by trying again, a bounded number of times.
func (c *Commission) login(no byte, k Key, done func(), failed func(error) error) step {
	var auth *Auth
	var again step
	refused := func(err error) error {
		e, ok := err.(*Error)
		switch {
		case !ok || e.Code != CodeStatus && e.Code != CodeAuth:
			return err
		case e.Status == StatusAuthDelay && c.delays < maxDelays:
			c.delays++
			c.steps.first(again)
			return nil
		}
		if e.Status == StatusAuthError || e.Code == CodeAuth {
			if c.failures++; c.failures < maxFailures {
				return failed(err)
			}
			return refuse(CodeAuth, "authenticate")
		}
		return err
	}
	second := step{recv: func(answer []byte) error {
		s, err := auth.Finish(answer)
		if err != nil {
			return refused(err)
		}
		c.session = s
		done()
		return nil
	}}
	again = step{
		func() ([]byte, error) {
			var rndA [16]byte
			if _, err := io.ReadFull(c.rand, rndA[:]); err != nil {
				return nil, refuse(CodeAuth, "random")
			}
			var command []byte
			auth, command = StartAuth(no, k, rndA)
			return command, nil
		},
		func(answer []byte) error {
			command, err := auth.Challenge(answer)
			if err != nil {
				return refused(err)
			}
			second.send = func() ([]byte, error) { return command, nil }
			c.steps.first(second)
			return nil
		},
	}
	return again
}

// openMaster opens a session under key 0, whichever of old and new it is. The
// version told outside a session only decides which is tried first. If neither
// fits, the tag is lost.
func (c *Commission) openMaster(done func()) step {
	first, second := c.plan.Old[KeyMaster], c.plan.Keys[KeyMaster]
	if c.versions[KeyMaster] == c.plan.Version {
		first, second = second, first
	}
	return c.login(KeyMaster, first, done, func(err error) error {
		if !c.plan.Known {
			return refuse(CodeForeignTag, "authenticate")
		}
		c.steps.first(c.login(KeyMaster, second, done, func(err error) error {
			c.quarantine()
			return refuse(CodeAuth, "authenticate")
		}))
		return nil
	})
}

// proveKeys authenticates with every new key, master first, then reads the tag
// as a phone would and has the URL judged.
func (c *Commission) proveKeys() []step {
	var q []step
	for no := range byte(KeyCount) {
		q = append(q, c.login(no, c.plan.Keys[no], func() {}, func(error) error {
			return refuse(CodeVerify, "authenticate")
		}))
	}
	return append(q,
		selectApp(),
		fixed(SelectFile(IDNDEF), expectISO("select_file")),
		fixed(ReadBinary(0, byte(len(c.plan.Image.File))), c.judge),
	)
}

// judge has the first tap's URL checked.
func (c *Commission) judge(answer []byte) error {
	data, err := want(answer, StatusISOOK, len(c.plan.Image.File), "read_binary")
	if err != nil {
		return err
	}
	url, err := URL(data)
	if err != nil {
		return err
	}
	if c.plan.Check(url) != nil {
		return refuse(CodeVerify, "url")
	}
	c.url, c.state = url, StateVerified
	return nil
}
