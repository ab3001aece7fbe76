package vault

import "log/slog"

// secret is key material. It prints as nothing, however it is printed.
type secret []byte

const redacted = "[secret]"

func (secret) String() string               { return redacted }
func (secret) GoString() string             { return redacted }
func (secret) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
