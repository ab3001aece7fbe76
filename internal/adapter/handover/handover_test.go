package handover_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"trueward/internal/adapter/handover"
)

func identity(t *testing.T, seed byte) handover.Identity {
	t.Helper()
	made, secret, err := handover.New([32]byte{seed})
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := handover.Load(secret)
	if err != nil || loaded.Receiver() != made.Receiver() || loaded.Sender() != made.Sender() {
		t.Fatalf("the secret gives another identity back: %v", err)
	}
	return loaded
}

func TestRoundTrip(t *testing.T) {
	vendor, hospital := identity(t, 1), identity(t, 2)
	content := []byte("keys \x00 of tags")
	file, err := vendor.Seal(hospital.Receiver(), content)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(file, "keys") {
		t.Error("the file is readable")
	}
	got, digest, err := hospital.Open("\r\n"+file+"\n\n", vendor.Sender()+" ")
	if err != nil || !bytes.Equal(got, content) || len(digest) != 64 {
		t.Fatalf("%q, %v", got, err)
	}
	again, err := vendor.Seal(hospital.Receiver(), content)
	if err != nil || again == file {
		t.Errorf("two files are the same: %v", err)
	}
	if _, second, err := hospital.Open(again, vendor.Sender()); err != nil || second != digest {
		t.Errorf("the same content has another digest: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	vendor, hospital, other := identity(t, 1), identity(t, 2), identity(t, 3)
	file, err := vendor.Seal(hospital.Receiver(), []byte("keys"))
	if err != nil {
		t.Fatal(err)
	}
	refused := func(name string, id handover.Identity, file, sender string, want error) {
		t.Helper()
		if content, _, err := id.Open(file, sender); !errors.Is(err, want) || content != nil {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	refused("another receiver", other, file, vendor.Sender(), handover.ErrReceiver)
	refused("another sender", hospital, file, other.Sender(), handover.ErrSender)
	refused("no sender", hospital, file, "", handover.ErrKey)
	refused("a receiver's key as sender", hospital, file, vendor.Receiver(), handover.ErrKey)
	refused("no file", hospital, "hello", vendor.Sender(), handover.ErrFile)
	refused("oversize", hospital, strings.Repeat("A", handover.MaxFile+1), vendor.Sender(), handover.ErrFile)
	passedOn, err := hospital.Seal(other.Receiver(), []byte("keys"))
	if err != nil {
		t.Fatal(err)
	}
	refused("passed on as the vendor's", other, passedOn, vendor.Sender(), handover.ErrSender)
	if _, err := vendor.Seal("age1nonsense", nil); !errors.Is(err, handover.ErrKey) {
		t.Errorf("sealed for nobody: %v", err)
	}
	if handover.CheckReceiver(hospital.Receiver()) != nil || handover.CheckReceiver(vendor.Sender()) == nil {
		t.Error("a receiver's key is not told from others")
	}
	if _, err := handover.Load([]byte("x\ny")); !errors.Is(err, handover.ErrKey) {
		t.Errorf("loaded nonsense: %v", err)
	}
	if text := fmt.Sprintf("%v %#v %s", hospital, hospital, hospital); strings.Contains(text, "AGE") || strings.Count(text, "secret") != 3 {
		t.Errorf("an identity prints: %s", text)
	}
}

// TestEveryChangeIsNoticed changes one character of the file at a time.
func TestEveryChangeIsNoticed(t *testing.T) {
	vendor, hospital := identity(t, 1), identity(t, 2)
	file, err := vendor.Seal(hospital.Receiver(), []byte("keys"))
	if err != nil {
		t.Fatal(err)
	}
	unnoticed := 0
	for i := range len(file) {
		for _, c := range []byte{'A', 'B', '\n'} {
			changed := file[:i] + string(c) + file[i+1:]
			if changed == file || strings.TrimSpace(changed) == strings.TrimSpace(file) {
				continue
			}
			if _, _, err := hospital.Open(changed, vendor.Sender()); err == nil {
				unnoticed++
				t.Errorf("character %d changed to %q opens", i, c)
			}
		}
	}
	if unnoticed == 0 && len(file) < 300 {
		t.Error("the file is too short to be one")
	}
}
