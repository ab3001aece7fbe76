package signin

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/fault"
)

// Guessing is slowed by three counters of failures, and nobody is locked out:
//
//   - one account from one address: after a few failures each try waits;
//   - one account from everywhere, and one address for all accounts: these
//     are wider, and do not hold whoever has signed in to this account from
//     this address before. So a guesser elsewhere cannot keep the owner out,
//     and one guesser in a ward does not stop the ward.
//
// A try that must wait is refused before anything is computed or counted.
const (
	pairFree    = 5
	accountFree = 30
	addressFree = 100

	firstWait   = time.Second
	longestWait = time.Minute

	failureMemory = 15 * time.Minute
	knownMemory   = 90 * 24 * time.Hour
)

// subjects names the counters of one try. Addresses and accounts are kept as
// digests: what somebody mistyped into the form is nobody's business.
type subjects struct{ pair, account, address, known string }

func subjectsOf(email, address string) subjects {
	return subjects{
		pair:    "pair:" + digest(email, address),
		account: "account:" + digest(email),
		address: "address:" + digest(address),
		known:   "known:" + digest(email, address),
	}
}

func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// admit refuses a try that comes too soon after earlier failures.
func (s subjects) admit(failures map[string]store.Failures, now time.Time) error {
	wait := pause(failures[s.pair], pairFree, now)
	if !failures[s.known].Known {
		wait = max(wait, pause(failures[s.account], accountFree, now), pause(failures[s.address], addressFree, now))
	}
	if wait <= 0 {
		return nil
	}
	seconds := (wait + time.Second - 1) / time.Second
	return fault.Newf(fault.RateLimited, "There were too many wrong tries. Wait %d seconds, then try again.", seconds)
}

// pause is how long after its last failure a subject must still wait: nothing
// for the first few, then a second, doubling up to a minute.
func pause(f store.Failures, free int64, now time.Time) time.Duration {
	if f.Count < free || now.Sub(f.Last) > failureMemory {
		return 0
	}
	wait := longestWait
	if over := f.Count - free; over < 6 {
		wait = min(firstWait<<over, longestWait)
	}
	return wait - now.Sub(f.Last)
}
