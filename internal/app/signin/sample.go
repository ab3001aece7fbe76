package signin

import "context"

// Hash returns the stored form of a password, for people whom the installation
// makes by itself: the sample's. Nobody else's password is set without them.
func (d *Desk) Hash(ctx context.Context, password string) (string, error) {
	return d.passwords.hash(ctx, password)
}

// Matches compares a short secret with its stored form, at the cost of a
// password: the PIN beside a badge. Without a stored form it is false, after
// the same time.
func (d *Desk) Matches(ctx context.Context, secret, hash string) (bool, error) {
	return d.passwords.matches(ctx, secret, hash)
}
