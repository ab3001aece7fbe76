package home

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// localPath returns next if it is a path on this server, else the start page.
// A browser takes "//host", "/\host" and a path with a control character for
// another host's; none of them passes, nor what only becomes one of them when
// it is decoded again.
func localPath(next string) string {
	const start = "/"
	if !strings.HasPrefix(next, "/") || strings.ContainsAny(next, "\\\x00") || strings.HasPrefix(next, "//") {
		return start
	}
	for _, r := range next {
		if r < ' ' || r == 0x7f || r > 0x7e {
			return start
		}
	}
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || u.Opaque != "" {
		return start
	}
	if strings.HasPrefix(u.Path, "//") || strings.ContainsAny(u.Path, "\\") || hasControl(u.Path) {
		return start
	}
	return u.RequestURI()
}

func hasControl(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) >= 0
}

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
