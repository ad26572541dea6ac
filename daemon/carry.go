package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine/upstream"
	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/internal/fault"
)

// CarriedOut is a parcel that lies on the medium.
type CarriedOut struct {
	File    string `json:"file"`
	Number  uint64 `json:"number"`
	Entries uint64 `json:"entries"`
	Before  bool   `json:"before"` // it was there already, whole
}

// CarryOut writes what headquarters has not co-signed to a folder, as parcels. Those
// of this journal that lie there whole are not written again: what was cut off goes on.
func CarryOut(ctx context.Context, line *Line, dir string) ([]CarriedOut, error) {
	var keys struct {
		Keys []struct {
			Key string `json:"key"`
		} `json:"keys"`
	}
	if err := line.Do(ctx, http.MethodGet, "/api/audit/keys", nil, &keys); err != nil {
		return nil, err
	}
	names := make([]string, len(keys.Keys))
	for i, k := range keys.Keys {
		names[i] = k.Key
	}
	var status upstream.Status
	if err := line.Do(ctx, http.MethodGet, "/api/upstream", nil, &status); err != nil {
		return nil, err
	}
	out, next, err := onMedium(dir, names, status.Accepted)
	if err != nil {
		return nil, err
	}
	for {
		file, _, err := line.Send(ctx, "/api/upstream/parcels?after="+strconv.FormatUint(next, 10), nil)
		if f := fault.Of(err); f != nil && f.Code == upstream.ErrNothing.Code {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		p, err := batch.ReadLabel(file, names...)
		if err != nil {
			return out, fmt.Errorf("the daemon's parcel: %w", err)
		}
		if err := writeDurably(dir, p.File(), file); err != nil {
			return out, err
		}
		out = append(out, CarriedOut{File: filepath.Join(dir, p.File()), Number: p.Number, Entries: p.To - p.From})
		next = p.To
	}
}

// onMedium finds the parcels that go on from a place without a gap, whole as they are.
func onMedium(dir string, keys []string, from uint64) (there []CarriedOut, next uint64, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "rostod-*.parcel"))
	if err != nil {
		return nil, 0, fmt.Errorf("look at the medium: %w", err)
	}
	slices.Sort(files)
	next = from
	for _, name := range files {
		file, err := readParcel(name)
		if err != nil {
			continue
		}
		p, err := batch.ReadLabel(file, keys...)
		if err != nil || p.From > next || p.To <= next {
			continue // cut off, of another branch, or old: it does no harm
		}
		there = append(there, CarriedOut{name, p.Number, p.To - p.From, true})
		next = p.To
	}
	return there, next, nil
}

// readParcel reads a file of a medium, which may be anybody's: a link or a device on it
// is no parcel.
func readParcel(name string) ([]byte, error) {
	switch info, err := os.Lstat(name); {
	case err != nil:
		return nil, fmt.Errorf("read a parcel: %w", err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file", name)
	case info.Size() > batch.MostParcel:
		return nil, fmt.Errorf("%s is larger than a parcel can be", name)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read a parcel: %w", err)
	}
	return b, nil
}

// writeDurably writes a file that is there when it is whole, and stays when the medium
// is pulled out after it.
func writeDurably(dir, name string, b []byte) error {
	f, err := os.CreateTemp(dir, ".rostod-*")
	if err != nil {
		return fmt.Errorf("write to the medium: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		return fmt.Errorf("write to the medium: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return syncFolder(dir)
}

// CarriedIn is what became of a parcel.
type CarriedIn struct {
	File     string `json:"file"`
	Branch   string `json:"branch,omitzero"`
	Number   string `json:"number,omitzero"`
	Entries  string `json:"entries,omitzero"` // that the hub holds of the branch now
	Standing string `json:"standing,omitzero"`
	Again    bool   `json:"again"` // it had come before
	Receipt  string `json:"receipt,omitzero"`
	Refused  string `json:"refused,omitzero"`
}

// CarryIn hands parcels to the hub and writes the receipt of each beside it. What is
// refused does not keep the others out.
func CarryIn(ctx context.Context, line *Line, paths []string) (list []CarriedIn, err error) {
	for _, path := range paths {
		files := []string{path}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			if files, err = filepath.Glob(filepath.Join(path, "rostod-*.parcel")); err != nil {
				return list, fmt.Errorf("look at the medium: %w", err)
			}
			slices.Sort(files)
		}
		for _, name := range files {
			one, err := carryIn(ctx, line, name)
			if err != nil {
				return list, err
			}
			list = append(list, one)
		}
	}
	return list, nil
}

func carryIn(ctx context.Context, line *Line, name string) (CarriedIn, error) {
	file, err := readParcel(name)
	if errors.Is(err, fs.ErrNotExist) {
		return CarriedIn{}, err
	}
	if err != nil {
		return CarriedIn{File: name, Refused: err.Error()}, nil //nolint:nilerr // the line of that file says it
	}
	receipt, header, err := line.Send(ctx, "/api/hub/parcels", file)
	if f := fault.Of(err); f != nil {
		return CarriedIn{File: name, Refused: f.Error() + " " + f.Hint}, nil
	}
	if err != nil {
		return CarriedIn{}, err
	}
	one := CarriedIn{
		File: name, Branch: header.Get("X-Branch"), Number: header.Get("X-Parcel"), Entries: header.Get("X-Entries"),
		Standing: header.Get("X-Standing"), Again: header.Get("X-Again") == "true",
	}
	one.Receipt = name[:len(name)-len(filepath.Ext(name))] + ".receipt"
	return one, writeDurably(filepath.Dir(name), filepath.Base(one.Receipt), receipt)
}

// CarryReceipt hands a receipt to the daemon, which then knows where to go on.
func CarryReceipt(ctx context.Context, line *Line, name string) (s UpstreamStatus, err error) {
	file, err := readParcel(name)
	if err != nil {
		return s, err
	}
	answer, _, err := line.Send(ctx, "/api/upstream/receipts", file)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(answer, &s); err != nil {
		return s, fmt.Errorf("understand the daemon's answer: %w", err)
	}
	return s, nil
}
