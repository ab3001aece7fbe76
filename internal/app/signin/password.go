package signin

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"trueward/internal/fault"
)

// Strength is what one hash costs and how many may be computed at once: each
// takes its whole memory, so a flood of sign-ins is turned away, not served.
type Strength struct {
	MemoryKiB  uint32
	Iterations uint32
	Lanes      uint8
	AtOnce     int // hashes computed at the same time
	Waiting    int // requests that may wait for their turn; more are refused
}

// Standard is the strength of an installation: argon2id with 64 MiB, about a
// quarter of a second each, and a shift's worth of people who wait for it.
var Standard = Strength{MemoryKiB: 64 << 10, Iterations: 1, Lanes: 2, AtOnce: 4, Waiting: 16}

// passwords hashes and compares. It is safe for concurrent use.
type passwords struct {
	params  argon2id.Params
	slots   chan struct{}
	tickets chan struct{}
	// decoy is what unknown people's passwords are compared with, so that they
	// take as long as anybody's.
	decoy string
}

func newPasswords(s Strength) *passwords {
	p := &passwords{
		params:  argon2id.Params{Memory: s.MemoryKiB, Iterations: s.Iterations, Parallelism: s.Lanes, SaltLength: 16, KeyLength: 32},
		slots:   make(chan struct{}, s.AtOnce),
		tickets: make(chan struct{}, s.AtOnce+s.Waiting),
	}
	p.decoy = decoy(p.params)
	return p
}

// decoy is an encoded hash of the strength that no password has: comparing with
// it costs what comparing costs, and making it costs nothing.
func decoy(p argon2id.Params) string {
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", p.Memory, p.Iterations, p.Parallelism,
		encode(make([]byte, p.SaltLength)), encode(make([]byte, p.KeyLength)))
}

// turn waits for one of the slots and returns how to give it back.
func (p *passwords) turn(ctx context.Context) (release func(), err error) {
	select {
	case p.tickets <- struct{}{}:
	default:
		return nil, fault.New(fault.Unavailable, "Too many people are signing in at this moment. Try again in a few seconds.")
	}
	select {
	case p.slots <- struct{}{}:
		return func() { <-p.slots; <-p.tickets }, nil
	case <-ctx.Done():
		<-p.tickets
		return nil, fault.Wrap(fault.Unavailable, "Signing in took too long. Try again.", ctx.Err())
	}
}

// hash returns the encoded hash of a new password.
func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	release, err := p.turn(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	return argon2id.CreateHash(password, &p.params)
}

// matches compares a password with an encoded hash. Without a hash it compares
// with the decoy and is false, after the same time.
func (p *passwords) matches(ctx context.Context, password, hash string) (bool, error) {
	release, err := p.turn(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	if hash == "" {
		_, err := argon2id.ComparePasswordAndHash(password, p.decoy)
		return false, err
	}
	return argon2id.ComparePasswordAndHash(password, hash)
}

const (
	shortest = 12  // characters
	longest  = 256 // bytes; longer input only feeds the hash
	distinct = 5   // different characters at least

	product = "Trueward" // what everybody thinks of at its own page
)

// checkPassword refuses a new password that is easy to guess: too short, all
// of a kind, or made of what everybody knows about the person or the product.
// words are their name, address and organisation.
func checkPassword(password, again string, words ...string) error {
	switch {
	case utf8.RuneCountInString(password) < shortest:
		return fault.At("password", "Choose a password of at least 12 characters. A few words in a row are easy to remember.")
	case len(password) > longest:
		return fault.At("password", "This password is too long. Choose one of at most 256 characters.")
	case countDistinct(password) < distinct:
		return fault.At("password", "This password repeats itself. Choose one with more different characters.")
	case containsWord(password, append(words, product)):
		return fault.At("password", "This password contains your name, your address, your organisation or this product's name. Choose one that others cannot guess.")
	case password != again:
		return fault.At("again", "The two passwords differ. Type the same one twice.")
	}
	return nil
}

func countDistinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// containsWord looks for words of four letters or more.
func containsWord(password string, words []string) bool {
	password = strings.ToLower(password)
	for _, text := range words {
		for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" .,@-_'", r) }) {
			if utf8.RuneCountInString(word) >= 4 && strings.Contains(password, word) {
				return true
			}
		}
	}
	return false
}
