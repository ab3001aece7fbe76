package ntag424

// step is one command and what its answer means. A step may put others in front
// of the queue, so that what follows depends on what the tag said.
type step struct {
	send func() ([]byte, error)
	recv func([]byte) error
}

// steps runs commands one at a time.
type steps struct {
	queue   []step
	waiting *step
}

// next takes the answer to the last command, nil at the start, and returns the
// next command, nil at the end.
func (s *steps) next(answer []byte) ([]byte, error) {
	if (s.waiting == nil) != (answer == nil) {
		return nil, refuse(CodeNoStep, "answer")
	}
	if w := s.waiting; w != nil {
		if len(answer) > maxAnswer {
			return nil, refuse(CodeMalformed, "answer")
		}
		s.waiting = nil
		if err := w.recv(answer); err != nil {
			return nil, err
		}
	}
	if len(s.queue) == 0 {
		return nil, nil
	}
	st := s.queue[0]
	s.queue = s.queue[1:]
	command, err := st.send()
	if err != nil {
		return nil, err
	}
	s.waiting = &st
	return command, nil
}

// first puts steps in front of the queue.
func (s *steps) first(st ...step) { s.queue = append(st, s.queue...) }

// fixed is a step whose command is known beforehand.
func fixed(command []byte, recv func([]byte) error) step {
	return step{func() ([]byte, error) { return command, nil }, recv}
}

// expectISO takes an ISO success without data.
func expectISO(name string) func([]byte) error {
	return func(answer []byte) error {
		_, err := want(answer, StatusISOOK, 0, name)
		return err
	}
}

// selectApp is where every visit begins.
func selectApp() step { return fixed(SelectApp(), expectISO("select_application")) }

// version asks for all three parts of GetVersion.
func (s *steps) version(done func(Version) error) step {
	var joined []byte
	part := func(status Status, length int) func([]byte) error {
		return func(answer []byte) error {
			data, err := want(answer, status, length, "get_version")
			joined = append(joined, data...)
			return err
		}
	}
	last := func(answer []byte) error {
		if err := part(StatusOK, 14)(answer); err != nil {
			return err
		}
		v, err := ParseVersion(joined)
		if err != nil {
			return err
		}
		return done(v)
	}
	return fixed(GetVersionPart(), func(answer []byte) error {
		s.first(fixed(MoreFrames(), part(StatusMore, 7)), fixed(MoreFrames(), last))
		return part(StatusMore, 7)(answer)
	})
}

// keyVersion asks for a key's version outside a session: a hint, not a proof.
func keyVersion(no byte, done func(byte)) step {
	return fixed(GetKeyVersion(no), func(answer []byte) error {
		data, err := want(answer, StatusOK, 1, "get_key_version")
		if err == nil {
			done(data[0])
		}
		return err
	})
}

// settings asks for a file's settings outside a session.
func settings(file byte, done func(FileSettings)) step {
	return fixed(GetSettings(file), func(answer []byte) error {
		data, err := want(answer, StatusOK, -1, "get_file_settings")
		if err != nil {
			return err
		}
		f, err := ParseFileSettings(data)
		if err == nil {
			done(f)
		}
		return err
	})
}
