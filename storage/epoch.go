package storage

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"
)

// epochState says which epoch key wraps data keys. While a roll is under way,
// From is the epoch that is being left.
type epochState struct {
	Current  uint32 `json:"current"`
	From     uint32 `json:"from"`     // 0: no roll under way
	Pending  uint64 `json:"pending"`  // keys forgotten that the next roll will cover
	Covering uint64 `json:"covering"` // keys forgotten that the present roll covers
}

func (s *snapshot) epochState() (epochState, error) {
	sealed, err := s.get(keyEpoch)
	if err != nil {
		return epochState{}, err
	}
	plain, err := s.store.openMeta(keyEpoch, sealed)
	if err != nil {
		return epochState{}, damaged("The record of the epoch key was altered")
	}
	var e epochState
	if err := json.Unmarshal(plain, &e); err != nil || e.Current == 0 {
		return epochState{}, damaged("The record of the epoch key was altered")
	}
	return e, nil
}

func (tx *Tx) setEpochState(e epochState) error {
	plain, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write the epoch: %w", err)
	}
	sealed, err := tx.snap.store.sealMeta(keyEpoch, plain)
	if err != nil {
		return err
	}
	tx.own[string(keyEpoch)] = write{value: sealed}
	return nil
}

// An epoch key lies in a file of its own outside Badger, because Badger keeps
// old versions of what is deleted: when its file is gone, every data key that
// was only ever wrapped under it is gone with it.
func epochFile(n uint32) string { return fmt.Sprintf("epoch-%04d.key", n) }

// createEpoch makes the key of epoch n, replacing a file that a roll cut short
// may have left; no data key was wrapped under that one.
func createEpoch(dir string, sec *secrets, random io.Reader, n uint32) (cipher.AEAD, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create the key directory: %w", err)
	}
	key := make([]byte, 32)
	if _, err := io.ReadFull(random, key); err != nil {
		return nil, fmt.Errorf("read randomness for an epoch key: %w", err)
	}
	sealed, err := sealSmall(random, sec.epochs, []byte(epochFile(n)), key)
	if err != nil {
		return nil, err
	}
	if err := writeFileDurably(filepath.Join(dir, epochFile(n)), sealed); err != nil {
		return nil, fmt.Errorf("create epoch key %d: %w", n, err)
	}
	return newAEAD(key)
}

func readEpoch(dir string, sec *secrets, n uint32) (cipher.AEAD, error) {
	sealed, err := os.ReadFile(filepath.Join(dir, epochFile(n)))
	if err != nil {
		return nil, fmt.Errorf("read epoch key %d: %w", n, err)
	}
	key, err := openSmall(sec.epochs, []byte(epochFile(n)), sealed)
	if err != nil {
		return nil, damaged("keys/" + epochFile(n) + " was altered")
	}
	return newAEAD(key)
}

// openEpochs reads the epoch keys that the state names. The one that a roll is
// leaving may be overwritten or gone already, once nothing needs it.
func (s *Store) openEpochs(snap *snapshot, e epochState) error {
	dir := s.cfg.path("keys")
	for _, n := range []uint32{e.Current, e.From} {
		if n == 0 {
			continue
		}
		aead, err := readEpoch(dir, s.secrets, n)
		if err == nil {
			s.ring.addEpoch(n, aead)
			continue
		}
		if n == e.From {
			needed, scanErr := snap.wrappedUnder(n)
			if scanErr != nil {
				return scanErr
			}
			if !needed {
				continue
			}
		}
		if errors.Is(err, os.ErrNotExist) {
			return damaged("keys/" + epochFile(n) + " is missing: without it no record can be read")
		}
		return err
	}
	return nil
}

// wrappedUnder says whether a data key is still wrapped under the epoch.
func (s *snapshot) wrappedUnder(epoch uint32) (bool, error) {
	found := false
	err := s.scan([]byte{spaceDataKey}, nil, false, func(_, value []byte) (bool, error) {
		found = len(value) == wrappedKeySize && wrappedEpoch(value) == epoch
		return !found, nil
	})
	return found, err
}

// anyEpoch wants at least one epoch key in a directory that can be used, or
// says what is wrong with the newest. It is asked before Badger opens and
// changes its files; which keys are needed is known only from them.
func anyEpoch(dir string, sec *secrets) error {
	numbers := epochNumbers(dir)
	if len(numbers) == 0 {
		return damaged("keys/" + epochFile(1) + ", or a later one, is missing: without it no record can be read")
	}
	var worst error
	for _, n := range numbers {
		if _, worst = readEpoch(dir, sec, n); worst == nil {
			return nil
		}
	}
	return worst
}

// epochNumbers lists the epochs that have a key file, oldest first.
func epochNumbers(dir string) []uint32 {
	entries, err := os.ReadDir(dir) // by name, and so by number
	if err != nil {
		return nil
	}
	var numbers []uint32
	for _, e := range entries {
		var n uint32
		if _, err := fmt.Sscanf(e.Name(), "epoch-%d.key", &n); err == nil && e.Name() == epochFile(n) {
			numbers = append(numbers, n)
		}
	}
	return numbers
}
