package account

import (
	"io"
	"time"

	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Config is what the room needs.
type Config struct {
	Store  *storage.Store
	Now    func() time.Time
	Random io.Reader
}

// Accounts is the room, opened.
type Accounts struct {
	Config
	accounts *storage.Table[account]
	used     *storage.Table[used]
	seal     []byte // what tokens are sealed with
	failures *failures
}

// Open claims the room's records.
func Open(c Config) (*Accounts, error) {
	accounts, err := storage.OpenTable[account](c.Store, accountsPrefix, "account.accounts")
	if err != nil {
		return nil, err
	}
	taken, err := storage.OpenTable[used](c.Store, usedPrefix, "account.used")
	if err != nil {
		return nil, err
	}
	return &Accounts{Config: c, accounts: accounts, used: taken, seal: c.Store.Secret("account/tokens"), failures: newFailures()}, nil
}

// Room is what the daemon mounts.
func (a *Accounts) Room() room.Room { return room.Room{Name: "account", Routes: a.routes} }
