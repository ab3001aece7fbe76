package gen2auth_test

import (
	"crypto/aes"
	"testing"

	"trueward/internal/standard/gen2auth"
)

// TestConstantIsCompared: a block that decrypts to the right challenge behind
// another constant is no answer of TAM1 or TAM2.
func TestConstantIsCompared(t *testing.T) {
	raw := [16]byte{1, 2, 3}
	block, err := aes.NewCipher(raw[:])
	if err != nil {
		t.Fatal(err)
	}
	c := gen2auth.Challenge{9, 8, 7, 6, 5, 4, 3, 2, 1, 0}
	for _, constant := range [][2]byte{{0x96, 0xC5}, {0x96, 0xC4}, {0x97, 0xC5}, {0, 0}} {
		plain := append([]byte{constant[0], constant[1], 1, 1, 1, 1}, c[:]...)
		answer := make([]byte, 16)
		block.Encrypt(answer, plain)
		err := gen2auth.VerifyTAM1(gen2auth.NewKey(raw), c, answer)
		if right := constant == [2]byte{0x96, 0xC5}; (err == nil) != right {
			t.Errorf("constant %X: %v", constant, err)
		}
	}
}

// TestMatchEPCWantsTheLengthOfThePC: an EPC that agrees as far as it goes is
// another tag's when the tag's own control word tells another length.
func TestMatchEPCWantsTheLengthOfThePC(t *testing.T) {
	data := append([]byte{0, 0, 6 << 3, 0}, make([]byte, 12)...) // an EPC of 6 words
	for words, want := range map[int]gen2auth.Code{4: gen2auth.CodeDataMismatch, 5: gen2auth.CodeDataMismatch, 6: "", 8: gen2auth.CodeDataMismatch} {
		if got := gen2auth.CodeOf(gen2auth.MatchEPC(data, make([]byte, 2*words))); got != want {
			t.Errorf("%d words: %q, want %q", words, got, want)
		}
	}
}
