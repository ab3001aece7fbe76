package signin

import "context"

// Hash returns the stored form of a password, for people whom the installation
// makes by itself: the sample's. Nobody else's password is set without them.
func (d *Desk) Hash(ctx context.Context, password string) (string, error) {
	return d.passwords.hash(ctx, password)
}
