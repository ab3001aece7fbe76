package simreader

// Echo is a device that sends back what it gets.
type Echo struct{}

// PowerUp implements Device.
func (Echo) PowerUp() {}

// Take implements Device.
func (Echo) Take(in []byte) [][]byte { return [][]byte{append([]byte(nil), in...)} }

// Deaf is a device that takes everything and says nothing.
type Deaf struct{}

// PowerUp implements Device.
func (Deaf) PowerUp() {}

// Take implements Device.
func (Deaf) Take([]byte) [][]byte { return nil }
