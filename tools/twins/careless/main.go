// Command careless runs what it is told and asks a hash that is broken. The
// search for careless code must find both, or it finds nothing.
package main

import (
	"crypto/md5"
	"fmt"
	"os"
	"os/exec"
)

func main() {
	out, err := exec.Command("sh", "-c", os.Args[1]).Output()
	fmt.Printf("%x %v\n", md5.Sum(out), err)
}
