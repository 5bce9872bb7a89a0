// Command interop judges proofs made by Holdfast with an independent C2SP implementation, golang.org/x/mod/sumdb.
//
// It reads one JSON request a line from standard input and answers each with a line: "ok", or "refused: " and why.
package main

import (
	"bufio"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A request asks whether the proof shows the entry to be in the log, under a checkpoint signed by every given key.
type request struct {
	// Proof is a c2sp.org/tlog-proof@v1 text.
	Proof string `json:"proof"`
	// Entry is the log entry, base64.
	Entry string `json:"entry"`
	// Log is the log's verifier key, type 0x01.
	Log string `json:"log"`
	// Witnesses are verifier keys of type 0x04, all of which must have cosigned.
	Witnesses []string `json:"witnesses"`
	// Old, when set, is an earlier signed checkpoint, and Consistency the hashes from it to the proof's.
	Old         string   `json:"old"`
	Consistency []string `json:"consistency"`
}

// cosignatureVerifier verifies timestamped Ed25519 cosignatures (C2SP tlog-cosignature), which sumdb/note does not know.
type cosignatureVerifier struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (v cosignatureVerifier) Name() string    { return v.name }
func (v cosignatureVerifier) KeyHash() uint32 { return v.hash }

func (v cosignatureVerifier) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), msg)
	return ed25519.Verify(v.key, []byte(signed), sig[8:])
}

func newCosignatureVerifier(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("witness key has too few parts")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != 0x04 {
		return nil, errors.New("witness key is not of type 0x04")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, errors.New("witness key id does not belong to the key")
	}
	return cosignatureVerifier{parts[0], hash, key[1:]}, nil
}

// parseProof takes a tlog-proof text apart.
func parseProof(text string) (index int64, path tlog.RecordProof, checkpoint string, err error) {
	head, checkpoint, found := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		return 0, nil, "", errors.New("not a tlog proof")
	}
	if index, err = strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64); err != nil {
		return 0, nil, "", err
	}
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return 0, nil, "", err
		}
		path = append(path, hash)
	}
	return index, path, checkpoint, nil
}

// openTree opens a signed checkpoint that all verifiers must have signed. sumdb's tree note has a fixed first line, so the
// three lines are read here.
func openTree(checkpoint, origin string, verifiers []note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open([]byte(checkpoint), note.VerifierList(verifiers...))
	if err != nil {
		return tlog.Tree{}, err
	}
	if len(opened.Sigs) != len(verifiers) {
		return tlog.Tree{}, errors.New("a required signature is missing")
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != origin {
		return tlog.Tree{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func judge(line []byte) error {
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return err
	}
	log, err := note.NewVerifier(r.Log)
	if err != nil {
		return err
	}
	verifiers := []note.Verifier{log}
	for _, vkey := range r.Witnesses {
		witness, err := newCosignatureVerifier(vkey)
		if err != nil {
			return err
		}
		verifiers = append(verifiers, witness)
	}
	index, path, checkpoint, err := parseProof(r.Proof)
	if err != nil {
		return err
	}
	tree, err := openTree(checkpoint, log.Name(), verifiers)
	if err != nil {
		return err
	}
	entry, err := base64.StdEncoding.DecodeString(r.Entry)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return err
	}
	if r.Old == "" {
		return nil
	}
	old, err := openTree(r.Old, log.Name(), []note.Verifier{log})
	if err != nil {
		return err
	}
	var proof tlog.TreeProof
	for _, text := range r.Consistency {
		hash, err := tlog.ParseHash(text)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if err := judge(lines.Bytes()); err != nil {
			fmt.Println("refused: " + strings.ReplaceAll(err.Error(), "\n", " "))
		} else {
			fmt.Println("ok")
		}
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
