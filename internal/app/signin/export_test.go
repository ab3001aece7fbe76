package signin

// OccupySlots takes every slot for hashing, so that a test sees who waits for
// one, and returns how to free them.
func OccupySlots(d *Desk) (release func()) {
	n := cap(d.passwords.slots)
	for range n {
		d.passwords.slots <- struct{}{}
		d.passwords.tickets <- struct{}{}
	}
	return func() {
		for range n {
			<-d.passwords.slots
			<-d.passwords.tickets
		}
	}
}

// Waiting counts the tries that wait for a slot.
func Waiting(d *Desk) int { return len(d.passwords.tickets) - len(d.passwords.slots) }
