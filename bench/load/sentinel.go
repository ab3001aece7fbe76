package main

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// shaRate is a sentinel of the processor: blocks of 1 KiB hashed per second,
// over 50 ms. A round in which it moves is not a round on a quiet machine.
func shaRate() float64 {
	block := make([]byte, 1024)
	began, n := time.Now(), 0
	for ; time.Since(began) < 50*time.Millisecond; n++ {
		sum := sha256.Sum256(block)
		copy(block, sum[:])
	}
	return float64(n) / time.Since(began).Seconds()
}

// syncRate is a sentinel of the disk: 4 KiB writes made durable per second,
// over 300 ms, in the folder where the cell's data is.
func syncRate(folder string) float64 {
	file, err := os.Create(filepath.Join(folder, "sentinel"))
	if err != nil {
		return 0
	}
	defer file.Close()
	block := make([]byte, 4096)
	began, n := time.Now(), 0
	for ; time.Since(began) < 300*time.Millisecond; n++ {
		if _, err := file.WriteAt(block, 0); err != nil {
			return 0
		}
		if err := syscall.Fdatasync(int(file.Fd())); err != nil {
			return 0
		}
	}
	return float64(n) / time.Since(began).Seconds()
}
