package account

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

const (
	// usualAudience is the contract's own identity host.
	usualAudience = "https://identity.acesso.io"
	// mostKeys is how many keys of an account are remembered, so that one that
	// has ended can be told from one that never was.
	mostKeys = 8
)

// add makes an account.
func (a *Accounts) add(ctx context.Context, by engine.Caller, b createBody) (accountView, error) {
	if b.Org == "" {
		b.Org = by.Org
	}
	if b.Org != by.Org && by.Key != engine.Operator {
		return accountView{}, ErrOtherOrg
	}
	one := account{
		Name: b.Name, Org: b.Org, Audience: b.Audience, From: b.From, Until: b.Until,
		Created: a.Now().UTC().Truncate(time.Millisecond),
	}
	if one.Audience == "" {
		one.Audience = usualAudience
	}
	for _, text := range b.Addresses {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return accountView{}, web.ErrInvalid.Field("addresses", "must be networks such as 10.1.0.0/16")
		}
		one.Addresses = append(one.Addresses, network.Masked())
	}
	der, private, err := a.keyPair(b.PublicKey)
	if err != nil {
		return accountView{}, err
	}
	one.Keys = []key{{DER: der, Created: one.Created}}
	_, err = a.Store.Commit(ctx, func(tx *storage.Tx) error {
		switch _, err := a.accounts.Get(tx, a.place(one.Org, one.Name)); {
		case err == nil:
			return ErrTaken
		case !errors.Is(err, storage.ErrNotFound):
			return err
		}
		return a.put(tx, by.Key, "account.created", one)
	})
	if err != nil {
		return accountView{}, fmt.Errorf("keep a service account: %w", err)
	}
	view := one.view()
	view.PrivateKey = private
	return view, nil
}

// change changes an account of the caller's org and says so in the journal.
func (a *Accounts) change(ctx context.Context, name, kind string, do func(*account, time.Time)) (account, error) {
	by := web.CallerOf(ctx)
	var one account
	_, err := a.Store.Commit(ctx, func(tx *storage.Tx) (err error) {
		one, err = a.accounts.Get(tx, a.place(by.Org, name))
		if errors.Is(err, storage.ErrNotFound) {
			return ErrNone
		}
		if err != nil {
			return err
		}
		do(&one, tx.Now().UTC().Truncate(time.Millisecond))
		return a.put(tx, by.Key, kind, one)
	})
	if err != nil {
		return account{}, fmt.Errorf("change a service account: %w", err)
	}
	return one, nil
}

func (a *Accounts) put(tx *storage.Tx, actor engine.KeyID, kind string, one account) error {
	if err := a.accounts.Put(tx, storage.Subject{}, a.place(one.Org, one.Name), one); err != nil {
		return err
	}
	_, err := tx.Log(storage.Entry{
		Kind: kind, Org: string(one.Org), Actor: string(actor),
		Public: map[string]any{"account": one.Name, "key": one.view().Key},
	})
	return err
}

// keyPair is the public key that was sent, or a new one with its private half
// in PEM.
func (a *Accounts) keyPair(sent string) (der []byte, private string, err error) {
	if sent != "" {
		der, err = publicKey(sent)
		return der, "", err
	}
	pair, err := rsa.GenerateKey(a.Random, keyBits)
	if err != nil {
		return nil, "", fmt.Errorf("make a key: %w", err)
	}
	der, err1 := x509.MarshalPKIXPublicKey(&pair.PublicKey)
	half, err2 := x509.MarshalPKCS8PrivateKey(pair)
	if err := errors.Join(err1, err2); err != nil {
		return nil, "", fmt.Errorf("write a key: %w", err)
	}
	return der, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: half})), nil
}
