package civil

import (
	"sync"
	"time"
)

// zones are those that were asked for; there are a few hundred at most, for
// only known names are kept.
var zones sync.Map // string to *time.Location

// Zone is time.LoadLocation that reads the data of a zone once: lists and
// every use of a unit ask for the same few.
func Zone(name string) (*time.Location, error) {
	if zone, ok := zones.Load(name); ok {
		return zone.(*time.Location), nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	zones.Store(name, zone)
	return zone, nil
}
