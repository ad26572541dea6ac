package daemon

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rostod/rostod/daemon/config"
)

const rootKeyLength = 32

// recordsFolder is where the store is, in the data folder.
const recordsFolder = "db"

// rootKey is the key that all others follow from. It comes from the file that
// the configuration names, from systemd's credential, or from the data folder,
// where it is made at the first start.
func rootKey(c config.Config) ([]byte, error) {
	if c.Storage.RootKeyFile != "" {
		return readRootKey(c.Storage.RootKeyFile)
	}
	if dir := os.Getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		key, err := readRootKey(filepath.Join(dir, "rostod-root-key"))
		if !errors.Is(err, fs.ErrNotExist) {
			return key, err
		}
	}
	path := filepath.Join(c.Data, "root.key")
	key, err := readRootKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	records := filepath.Join(c.Data, recordsFolder)
	if _, err := os.Stat(records); err == nil {
		return nil, fmt.Errorf("%s is missing, and the records in %s cannot be read without it: put it back from your backup", path, records)
	}
	return makeRootKey(path)
}

// readRootKey takes the key raw or in hexadecimal.
func readRootKey(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read root key: %w", err)
	}
	if len(text) == rootKeyLength {
		return text, nil
	}
	key, err := hex.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(key) != rootKeyLength {
		return nil, fmt.Errorf("%s does not hold a root key: want 32 bytes, or 64 hexadecimal digits", path)
	}
	return key, nil
}

// makeRootKey makes a new key, durable before it is used.
func makeRootKey(path string) ([]byte, error) {
	key := make([]byte, rootKeyLength)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("make root key: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make root key: %w", err)
	}
	_, err = file.WriteString(hex.EncodeToString(key) + "\n")
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("make root key: %w", err), os.Remove(path))
	}
	return key, syncFolder(filepath.Dir(path))
}

// syncFolder makes a new file's name durable.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}
