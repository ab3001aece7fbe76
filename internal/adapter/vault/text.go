package vault

// mostText bounds a kept text: longer than any key of a payment service.
const mostText = 1024

// PutSecret keeps a text, such as a service's key, sealed under a reference. A
// text that is there is replaced.
func (v *Vault) PutSecret(ref, text string) error {
	if ref == "" || text == "" || len(text) > mostText {
		return ErrNoKey
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	name := textName(ref)
	before, had := v.keys[name]
	v.keys[name] = secret(text)
	err := v.save()
	if err != nil && had {
		v.keys[name] = before
	} else if err != nil {
		delete(v.keys, name)
	}
	return err
}

// Secret returns the text under a reference; ErrNoKey when there is none.
func (v *Vault) Secret(ref string) (string, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	text, known := v.keys[textName(ref)]
	if !known {
		return "", ErrNoKey
	}
	return string(text), nil
}

func textName(ref string) string { return "text/" + ref }
