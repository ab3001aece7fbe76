package mutants_test

var control = mutant{
	"a changed comment", "aescmac/aescmac.go", "// xor adds up to one block of b.", "// xor adds at most one block of b.",
}

var mutants = []mutant{
	{"CMAC drops the padding bit", "aescmac/aescmac.go", "x[len(msg)] ^= 0x80", "x[len(msg)] ^= 0x00"},
	{"CMAC takes K1 for padded text", "aescmac/aescmac.go", "xor(x, k.k2[:])", "xor(x, k.k1[:])"},
	{"doubling forgets the reduction", "aescmac/aescmac.go", "^ rb*(b[0]>>7)", "^ 0*(b[0]>>7)"},

	{"SDM takes the even bytes of the MAC", "sdm/verify.go", "full[2*i+1]", "full[2*i]"},
	{"SDM accepts every MAC", "sdm/verify.go", "return subtle.ConstantTimeCompare(want[:], mac[:]) == 1", "return subtle.ConstantTimeCompare(want[:], mac[:]) >= 0"},
	{"SDM skips the counter in the session vector", "sdm/verify.go", "v[13], v[14], v[15] = byte(c.Ctr), byte(c.Ctr>>8), byte(c.Ctr>>16)", "v[13], v[14], v[15] = 0, 0, 0"},
	{"SDM reads the counter the wrong way round", "sdm/verify.go", "Ctr:     uint32(plain[8]) | uint32(plain[9])<<8 | uint32(plain[10])<<16,", "Ctr:     uint32(plain[10]) | uint32(plain[9])<<8 | uint32(plain[8])<<16,"},
	{"SDM forgets a fault of the claim", "sdm/verify.go", `case c.fault != "":`, `case c.fault == "x":`},
	{"SDM admits more text behind the layout", "sdm/parse.go", "if pos != len(raw) {", "if pos > len(raw) {"},
	{"LRP takes the wrong subkey", "sdm/lrp.go", "sub = t.k2", "sub = t.k1"},
	{"LRP decrypts file data under the MAC's key", "sdm/lrp.go", "session.decrypt(1, c.lrpDataCounter(), data)", "session.decrypt(0, c.lrpDataCounter(), data)"},

	{"AN10922 pads with the wrong subkey", "keydiv/keydiv.go", "		sub = padded", "		_ = padded"},
	{"AN10922 accepts an input of 32 bytes", "keydiv/keydiv.go", "if len(input) == 0 || len(input) > maxInput {\n		return [16]byte{}", "if len(input) == 0 || len(input) > maxInput+1 {\n		return [16]byte{}"},
	{"a label of the CMAC derivation is another", "keydiv/issuer.go", "labelKey3 = 0x2D003F79", "labelKey3 = 0x2D003F78"},

	{"TAM compares four bytes of the challenge", "gen2auth/gen2auth.go", "if subtle.ConstantTimeCompare(plain, want) != 1 {", "if subtle.ConstantTimeCompare(plain[:10], want[:10]) != 1 {"},
	{"TAM forgets the constant", "gen2auth/gen2auth.go", "want := append([]byte{constantHi, constantLo}, plain[2:6]...)", "want := append([]byte{plain[0], plain[1]}, plain[2:6]...)"},
	{"TAM2 compares an EPC only as far as its length word", "gen2auth/match.go", "if words*2 != len(epc) || !bytes", "if words*2 > len(epc) || !bytes"},
	{"a TID is taken of any class", "gen2auth/match.go", "|| tid[0] != tidClass {", "|| tid[0] == 0 {"},

	{"a signature of zeros is looked at", "originality/originality.go", "r.Sign() == 0 || s.Sign() == 0 || r.Cmp(n) >= 0 || s.Cmp(n) >= 0", "r.Cmp(n) >= 0 || s.Cmp(n) >= 0 || r.Sign() < 0"},
	{"a signature of another length is taken", "originality/originality.go", "if len(signature) != k.Curve.SignatureSize() || len(signature) == 0 {", "if len(signature) < k.Curve.SignatureSize() || len(signature) == 0 {"},

	{"EPC partition 7 is taken", "epc/decode.go", "if partition == 7 {", "if partition == 8 {"},
	{"EPC prefix length is one off", "epc/decode.go", "t.prefixLen = 12 - uint8(partition)", "t.prefixLen = 11 - uint8(partition)"},
	{"EPC check digit weighs wrongly", "epc/digits.go", "t[i] = uint8(i%10*3 + i/10)", "t[i] = uint8(i%10 + i/10*3)"},

	{"GS1 check digit weighs wrongly", "gs1/lint_check.go", "return byte((10 - (3*odd+even)%10) % 10)", "return byte((10 - (odd+3*even)%10) % 10)"},
	{"a year 51 ahead stays in this century", "civil/civil.go", "case d >= 51:", "case d >= 52:"},
	{"HIBC sums modulo 42", "hibc/check.go", "return alphabet[sum%43], true", "return alphabet[sum%42], true"},

	{"EV2 takes an answer without looking at its MAC", "ntag424/session.go", "if subtle.ConstantTimeCompare(s.MAC(byte(StatusOK&0xFF), data), mac) != 1 {", "if subtle.ConstantTimeCompare(s.MAC(byte(StatusOK&0xFF), data), mac) > 1 {"},
	{"EV2 leaves the counter out of the MAC", "ntag424/session.go", "msg := append([]byte{lead, byte(s.ctr), byte(s.ctr >> 8)}, s.ti[:]...)", "msg := append([]byte{lead, 0, 0}, s.ti[:]...)"},
	{"settings let file data begin before the MAC's input", "ntag424/validate.go", "case s.EncOffset < s.MACInputOffset:", "case s.EncOffset+s.EncLength < s.MACInputOffset:"},
	{"settings let a counter be asked for that does not count", "ntag424/validate.go", "case s.CtrRet != AccessNever && !s.Ctr:", "case s.CtrRet != AccessNever && !s.Ctr && s.Limit != nil:"},
	{"EV2 leaves the counter out of the IV", "ntag424/session.go", "iv[6], iv[7] = byte(s.ctr), byte(s.ctr>>8)", "iv[6], iv[7] = 0, 0"},
	{"a known tag is written over at a second visit", "ntag424/commission.go", "		if v == c.plan.Version {", "		if v != c.plan.Version {"},

	{"an NDEF message is read past its end", "ndef/frame.go", "if len(data)-at < n {", "if len(data)-at < n-1 {"},
	{"a frame's data sum is not looked at", "pn532/frame.go", "case sum(b[at:end-1]) != 0 || b[end-1] != 0:", "case b[end-1] != 0:"},
}
