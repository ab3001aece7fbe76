package frame

// Addresses of passkeys, see web/passkeys: where the browser gets a question,
// before a sign-in and for a fresh proof, and where it brings the answer.
const (
	PasskeysPath     = "/account/passkeys"
	PasskeyAskPath   = "/sign-in/passkey/ask"
	PasskeyEnterPath = "/sign-in/passkey"
	PasskeyProvePath = "/prove/passkey"
	// Of the house's own sign-in, see web/outside.
	OutsidePath     = "/sign-in/outside"
	OutsideBackPath = "/sign-in/outside/back"
	// OutsideEndedPath follows the sign-out of who came in there, and
	// OutsideNoticePath hears of those who signed out there.
	OutsideEndedPath  = "/sign-in/outside/ended"
	OutsideNoticePath = "/sign-in/outside/notice"
	OutsideProvePath  = "/prove/outside"
)
