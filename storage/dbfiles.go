package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	badger "github.com/dgraph-io/badger/v4"
)

// dbFiles is what lies in Badger's directory.
type dbFiles struct {
	names []string // all that hold data
	mems  []string // write-ahead logs, in order
	empty []string // logs without a byte: leftovers of a crash
}

func listDB(dir string) (dbFiles, error) {
	var f dbFiles
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return f, fmt.Errorf("look into the database directory: %w", err)
	}
	for _, e := range entries {
		name := e.Name()
		mem, vlog := strings.HasSuffix(name, memSuffix), strings.HasSuffix(name, vlogSuffix)
		if mem || vlog {
			info, err := e.Info()
			if err != nil {
				return f, fmt.Errorf("look at a database file: %w", err)
			}
			if info.Size() == 0 {
				f.empty = append(f.empty, name)
				continue
			}
		}
		if mem {
			f.mems = append(f.mems, name)
		}
		if mem || name == manifestName || name == registryName || strings.HasSuffix(name, tableSuffix) {
			f.names = append(f.names, name)
		}
	}
	slices.SortFunc(f.mems, func(a, b string) int { return memID(a) - memID(b) })
	return f, nil
}

func (f dbFiles) has(name string) bool { return slices.Contains(f.names, name) }

// complete checks for the two files that Badger would make anew without a
// word, deleting every table or losing every key.
func (f dbFiles) complete(sealed seal) error {
	switch {
	case f.has(manifestName) && !f.has(registryName) && len(f.names) > 1:
		return damaged("db/" + registryName + " is missing")
	case f.has(manifestName):
		return nil
	case len(f.names) > 0 || sealed.batch > 0:
		return damaged("db/" + manifestName + " is missing")
	}
	return nil
}

type manifestTable struct{ id, key uint64 }

func (t manifestTable) name() string { return fmt.Sprintf("%06d%s", t.id, tableSuffix) }

// readManifest is the tables that Badger's manifest names, and whether its end
// is torn: a crash can leave half a line there, which Badger cuts off.
func readManifest(dir string, opts badger.Options) (tables []manifestTable, torn bool, err error) {
	f, err := os.Open(filepath.Join(dir, manifestName))
	if err != nil {
		return nil, false, fmt.Errorf("open the manifest: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, false, fmt.Errorf("look at the manifest: %w", err)
	}
	m, end, err := badger.ReplayManifestFile(f, opts.ExternalMagicVersion, opts)
	if err != nil {
		return nil, false, fmt.Errorf("%w: %w", damaged("db/"+manifestName+" was cut or altered"), err)
	}
	for id, t := range m.Tables {
		tables = append(tables, manifestTable{id, t.KeyID})
	}
	slices.SortFunc(tables, func(a, b manifestTable) int { return int(a.id) - int(b.id) })
	return tables, end < info.Size(), nil
}

// openRegistry reads Badger's data keys, once its records check out: Badger
// takes a record's length on trust and would allocate whatever it says.
func openRegistry(dir string, sec *secrets) (*badger.KeyRegistry, error) {
	altered := damaged("db/" + registryName + " was cut or altered")
	data, err := os.ReadFile(filepath.Join(dir, registryName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the key registry: %w", err)
	}
	const registryHeader = 16 + len("Hello Badger")
	if err == nil {
		if len(data) < registryHeader {
			return nil, altered
		}
		for b := data[registryHeader:]; len(b) > 0; {
			if len(b) < 8 || uint64(binary.BigEndian.Uint32(b)) > uint64(len(b)-8) {
				return nil, altered
			}
			record := b[8 : 8+binary.BigEndian.Uint32(b)]
			if crc32.Checksum(record, castagnoli) != binary.BigEndian.Uint32(b[4:]) {
				return nil, altered
			}
			b = b[8+len(record):]
		}
	}
	keys, err := badger.OpenKeyRegistry(badger.KeyRegistryOptions{Dir: dir, ReadOnly: true, EncryptionKey: sec.badger})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", altered, err)
	}
	return keys, nil
}
