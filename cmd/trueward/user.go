package main

import (
	"context"
	"errors"
	"fmt"

	"trueward/internal/adapter/store"
	"trueward/internal/app/people"
	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

// userCmd manages people from the machine itself, for when nobody can sign in.
// What it does stands in the audit trail as done at the command line.
type userCmd struct {
	Invite  userInviteCmd  `cmd:"" help:"Invite somebody to an organisation; prints a one-time link."`
	Reset   userResetCmd   `cmd:"" help:"Make a one-time link by which somebody sets a new password."`
	Disable userDisableCmd `cmd:"" help:"End somebody's access at once."`
}

// publicFlags say where links lead.
type publicFlags struct {
	URL string `help:"Address of the server as people reach it." default:"http://localhost:8088" env:"TRUEWARD_PUBLIC_URL" placeholder:"URL"`
}

func (p publicFlags) print(std streams, link people.Link) {
	fmt.Fprintf(std.out, "%s/welcome/%s\n", p.URL, link.Token)
	fmt.Fprintf(std.err, "For %s, once, until %s.\n", link.Email, link.ExpiresAt.Format("2 Jan 2006 15:04 MST"))
}

// desk opens the people's desk for one command.
func (d dataFlags) desk(ctx context.Context, use func(people.Desk, store.Command) error) (err error) {
	s, err := d.openExisting(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return use(people.Desk{Store: s}, store.Command{Actor: access.System("command line")})
}

type userInviteCmd struct {
	dataFlags
	publicFlags
	Email        string   `arg:"" help:"E-mail address."`
	Name         string   `help:"Name." required:""`
	Organisation string   `help:"Name of the organisation." required:""`
	Role         []string `help:"Roles: nurse, materials, finance, engineer, admin, auditor, rep, vendor_office." required:"" enum:"nurse,materials,finance,engineer,admin,auditor,rep,vendor_office"`
}

// Run prints the link.
func (u userInviteCmd) Run(ctx context.Context, std streams) error {
	return u.desk(ctx, func(d people.Desk, cmd store.Command) error {
		organisation, err := organisationNamed(ctx, d, u.Organisation)
		if err != nil {
			return err
		}
		grants := make([]access.Grant, len(u.Role))
		for i, r := range u.Role {
			grants[i] = access.Grant{Role: access.Role(r)}
		}
		link, err := d.Invite(ctx, cmd, people.Invitation{Organisation: organisation, Name: u.Name, Email: u.Email, Grants: grants})
		if err == nil {
			u.print(std, link)
		}
		return err
	})
}

func organisationNamed(ctx context.Context, d people.Desk, name string) (access.OrganisationID, error) {
	q := d.Store.Read(ctx, access.Everything())
	for _, kind := range []access.OrganisationKind{access.Hospital, access.Vendor, access.Operator} {
		list, err := q.Organisations(kind)
		if err != nil {
			return "", err
		}
		for _, o := range list {
			if o.Name == name {
				return o.ID, nil
			}
		}
	}
	return "", fault.Newf(fault.NotFound, "There is no organisation called %q.", name)
}

type userResetCmd struct {
	dataFlags
	publicFlags
	Email string `arg:"" help:"E-mail address."`
}

// Run prints the link.
func (u userResetCmd) Run(ctx context.Context, std streams) error {
	return u.desk(ctx, func(d people.Desk, cmd store.Command) error {
		id, err := personWith(ctx, d, u.Email)
		if err != nil {
			return err
		}
		link, err := d.Reset(ctx, cmd, id)
		if err == nil {
			u.print(std, link)
		}
		return err
	})
}

type userDisableCmd struct {
	dataFlags
	Email string `arg:"" help:"E-mail address."`
}

// Run disables the person.
func (u userDisableCmd) Run(ctx context.Context, std streams) error {
	return u.desk(ctx, func(d people.Desk, cmd store.Command) error {
		id, err := personWith(ctx, d, u.Email)
		if err != nil {
			return err
		}
		if err := d.Disable(ctx, cmd, id); err != nil {
			return err
		}
		fmt.Fprintln(std.out, "disabled; sessions end at their next request")
		return nil
	})
}

func personWith(ctx context.Context, d people.Desk, email string) (access.PersonID, error) {
	normal, ok := access.NormalEmail(email)
	if !ok {
		return "", fault.At("email", "This is not an e-mail address.")
	}
	list, err := d.Store.Read(ctx, access.Everything()).People(store.PeopleFilter{Text: normal}, store.Page{Limit: 20})
	if err != nil {
		return "", err
	}
	for _, p := range list.Rows {
		if p.Email == normal {
			return p.ID, nil
		}
	}
	return "", fault.New(fault.NotFound, "Nobody has this e-mail address.")
}
