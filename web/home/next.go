package home

import (
	"net"
	"net/netip"
	"strings"

	"trueward/web/frame"
)

// localPath returns next if it is a path on this server, else the start page.
func localPath(next string) string { return frame.LocalPath(next) }

// onLoopback reports whether a Host header names this machine itself, where a
// browser treats plain HTTP as secure.
func onLoopback(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	a, err := netip.ParseAddr(name)
	return err == nil && a.IsLoopback()
}
