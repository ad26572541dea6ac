package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	badger "github.com/dgraph-io/badger/v4"
)

// found is what the look around the data directory saw.
type found struct {
	seals []seal // both, as they stand
	head  head   // what Badger will open with
	needs int64  // bytes that opening will write
	dbFiles
}

// inspect looks at the data directory before anything in it is opened or
// changed. Badger repairs silently: it deletes tables that its manifest does
// not name, and cuts logs at the first bad entry. So every table is verified,
// the logs are read as Badger would read them, and what would be left is held
// against the seal. Damage ends it with everything as it was found.
func (s *Store) inspect(n *notary) (found, error) {
	files, err := listDB(s.cfg.path("db"))
	if err != nil {
		return found{}, err
	}
	seals, err := s.inspectSeals(n, files)
	if err != nil {
		return found{}, err
	}
	f := found{seals: seals, dbFiles: files}
	if err := files.complete(newest(seals)); err != nil || !files.has(manifestName) {
		return f, err
	}
	keys, err := openRegistry(s.cfg.path("db"), s.secrets)
	if err != nil {
		return f, err
	}
	inTables, err := s.inspectTables(files, keys)
	if err != nil {
		return f, err
	}
	logs := make([]memLog, 0, len(files.mems))
	for _, name := range files.mems {
		log, err := scanMem(s.cfg.path("db", name), keys)
		if err != nil {
			return f, err
		}
		if log.altered() {
			return f, damaged("db/" + name + " was cut or altered")
		}
		logs = append(logs, log)
		f.needs += log.end + log.end/4
	}
	e := evidence{logs: logs, sealed: newest(seals), strays: inTables.strays}
	f.head, err = e.continuous(inTables.head)
	return f, err
}

// evidence is what a hole in the journal is explained from.
type evidence struct {
	logs   []memLog
	sealed seal
	strays int // tables that the manifest does not name
}

// continuous follows the batches from the tables through the logs: none may be
// missing in between, and none that was sealed at the end.
func (e evidence) continuous(h head) (head, error) {
	for i, log := range e.logs {
		for _, r := range log.runs {
			switch {
			case r.last.batch <= h.batch:
				// Already in a table: Badger died before it removed the log.
			case r.first.batch <= h.batch+1:
				h = r.last
			default:
				return h, damaged(fmt.Sprintf("Entries of the journal are missing from %d on: %s", h.size, e.blame(e.logs[:i+1])))
			}
		}
	}
	if h.batch < e.sealed.batch {
		return h, damaged(shortfall(h.size, e.sealed.size) + ": " + e.blame(e.logs))
	}
	if e.sealed.batch < h.sealed {
		return h, damaged(fmt.Sprintf("The seal is of batch %d, but batch %d was sealed before: an older seal was put back", e.sealed.batch, h.sealed))
	}
	return h, nil
}

// blame names the most likely culprit of a hole behind these logs.
func (e evidence) blame(logs []memLog) string {
	for _, log := range slices.Backward(logs) {
		if log.torn() {
			return "db/" + log.name + " was cut or altered"
		}
	}
	if name := e.missingLog(); name != "" {
		return "db/" + name + " is missing"
	}
	if e.strays > 0 {
		return fmt.Sprintf("db/%s was cut or altered, it does not name %d tables that are there", manifestName, e.strays)
	}
	if len(logs) > 0 {
		return "db/" + logs[len(logs)-1].name + " or a file before it was cut or is missing"
	}
	return "a file in db is missing or was put back from an older copy"
}

// missingLog is the newest log that the seal names, when it is gone.
func (e evidence) missingLog() string {
	for _, name := range slices.Backward(e.sealed.files) {
		if strings.HasSuffix(name, memSuffix) {
			if slices.ContainsFunc(e.logs, func(l memLog) bool { return l.name == name }) {
				return ""
			}
			return name
		}
	}
	return ""
}

// tablesFound is what the tables hold.
type tablesFound struct {
	head   head // the newest in them
	strays int  // tables that the manifest does not name; Badger removes them
}

// inspectTables verifies every table that the manifest names.
func (s *Store) inspectTables(files dbFiles, keys *badger.KeyRegistry) (tablesFound, error) {
	var f tablesFound
	tables, torn, err := readManifest(s.cfg.path("db"), badgerOptions(s.cfg, s.secrets))
	if err != nil {
		return f, err
	}
	for _, name := range files.names {
		named := slices.ContainsFunc(tables, func(t manifestTable) bool { return t.name() == name })
		if strings.HasSuffix(name, tableSuffix) && !named {
			f.strays++
		}
	}
	for _, t := range tables {
		name := t.name()
		if !files.has(name) {
			if torn || f.strays > 0 {
				return f, damaged("db/" + manifestName + " was cut or altered: it names db/" + name + ", which is not there")
			}
			return f, damaged("db/" + name + " is missing")
		}
		key, err := keys.DataKey(t.key)
		if err != nil {
			return f, fmt.Errorf("%w: %w", damaged("db/"+registryName+" does not hold the key of db/"+name), err)
		}
		var secret []byte
		if key != nil {
			secret = key.Data
		}
		h, err := checkTable(s.cfg.path("db", name), secret)
		if err != nil {
			return f, fmt.Errorf("%w: %w", damaged("db/"+name+" was cut or altered"), err)
		}
		if h.batch > f.head.batch {
			f.head = h
		}
	}
	return f, nil
}

// inspectSeals reads the seals; a directory whose creation was cut short, or
// a new one, gets them.
func (s *Store) inspectSeals(n *notary, files dbFiles) ([]seal, error) {
	dir := s.cfg.path("seal")
	both, errs := readSeals(dir, n)
	switch {
	case errs[0] == nil && errs[1] == nil:
		return both, nil
	case slices.ContainsFunc(errs, func(err error) bool { return errors.Is(err, errSealForeign) }):
		// With our key Badger's registry opens: then the key is right.
		if _, err := openRegistry(s.cfg.path("db"), s.secrets); err != nil || !files.has(registryName) {
			return nil, fmt.Errorf("%w: %w", WrongKey, errors.Join(errs...))
		}
		return nil, fmt.Errorf("%w: %w", damaged("The seal was altered, or is of another origin"), errors.Join(errs...))
	case slices.ContainsFunc(errs, func(err error) bool { return errors.Is(err, errSealAltered) }):
		return nil, fmt.Errorf("%w: %w", damaged("The seal was altered"), errors.Join(errs...))
	}
	for i, err := range errs {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read the seal: %w", err)
		}
		if err == nil && both[i].batch > 0 {
			return nil, damaged("seal/" + sealNames[1-i] + " is missing")
		}
	}
	// Seals come first in a new directory: without them there is nothing yet.
	if len(files.names) > 0 || len(epochNumbers(s.cfg.path("keys"))) > 0 {
		return nil, damaged("The seal is missing while there is data in db or keys")
	}
	if err := createSeals(dir, n); err != nil {
		return nil, err
	}
	both, errs = readSeals(dir, n)
	return both, errors.Join(errs...)
}

// clean removes the empty files of a Badger that died while it made or removed
// them, which a new one would stumble over. Nothing was ever in them, or it is
// in a table already: the batches before and behind them are continuous.
func (f found) clean(path func(...string) string) error {
	for _, name := range f.empty {
		if err := os.Remove(path("db", name)); err != nil {
			return fmt.Errorf("remove an empty file: %w", err)
		}
	}
	return nil
}
