package store

import (
	"encoding/json"

	"trueward/internal/domain/access"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
)

type proposalRecord struct {
	ID           string
	VendorID     string
	VendorName   string
	HospitalID   string
	HospitalName string
	AgreementID  *string
	Number       string
	StartsOn     string
	Terms        string
	Wording      string
	State        string
	ProposedBy   string
	ProposedAt   int64
	DecidedBy    string
	DecidedAt    *int64
	Reason       string
}

func (proposalRecord) TableName() string { return "agreement_proposals" }

func (r proposalRecord) proposal() (consign.Proposal, error) {
	p := consign.Proposal{
		ID: consign.ProposalID(r.ID), Vendor: access.OrganisationID(r.VendorID), VendorName: r.VendorName,
		Hospital: access.OrganisationID(r.HospitalID), HospitalName: r.HospitalName,
		Agreement: consign.AgreementID(textOrEmpty(r.AgreementID)), Number: r.Number, Wording: r.Wording,
		State: consign.ProposalState(r.State), ProposedBy: access.PersonID(r.ProposedBy), ProposedAt: instant(r.ProposedAt),
		DecidedBy: access.PersonID(r.DecidedBy), DecidedAt: instantOrZero(r.DecidedAt), Reason: r.Reason,
	}
	p.StartsOn, _ = custody.ParseDate(r.StartsOn) // written by Propose from a date
	return p, json.Unmarshal([]byte(r.Terms), &p.Terms)
}

// Propose stores a proposal and returns its id. A second open proposal for the
// same number of a vendor is refused as a Conflict by its unique key.
func (tx *Tx) Propose(p consign.Proposal) (consign.ProposalID, error) {
	terms, err := json.Marshal(p.Terms)
	if err != nil {
		return "", err
	}
	id := tx.NewID()
	return consign.ProposalID(id), tx.db.Create(&proposalRecord{
		ID: id, VendorID: string(p.Vendor), VendorName: p.VendorName, HospitalID: string(p.Hospital), HospitalName: p.HospitalName,
		AgreementID: textOrNull(string(p.Agreement)),
		Number:      p.Number, StartsOn: p.StartsOn.String(), Terms: string(terms), Wording: p.Wording, State: string(consign.Proposed),
		ProposedBy: string(tx.actor.Person), ProposedAt: micros(tx.now),
	}).Error
}

// DecideProposal ends an open proposal of the scope and reports whether it was
// still open: of two decisions one comes first.
func (tx *Tx) DecideProposal(id consign.ProposalID, to consign.ProposalState, agreement consign.AgreementID, reason string) (bool, error) {
	done := tx.from("agreement_proposals").Where("id = ? AND state = 'proposed'", string(id)).Updates(map[string]any{
		"state": string(to), "agreement_id": textOrNull(string(agreement)), "reason": reason,
		"decided_by": string(tx.actor.Person), "decided_at": micros(tx.now),
	})
	return done.RowsAffected == 1, done.Error
}

// AgreementProposal returns one proposal of the scope.
func (q Queries) AgreementProposal(id consign.ProposalID) (consign.Proposal, error) {
	row, err := first[proposalRecord](q.from("agreement_proposals").Where("agreement_proposals.id = ?", string(id)), "proposal")
	if err != nil {
		return consign.Proposal{}, err
	}
	return row.proposal()
}

// AgreementProposals lists the scope's proposals, newest first, at most 200; open ones
// alone when asked.
func (q Queries) AgreementProposals(open bool) ([]consign.Proposal, error) {
	list := q.from("agreement_proposals").Order("agreement_proposals.id DESC").Limit(200)
	if open {
		list = list.Where("agreement_proposals.state = 'proposed'")
	}
	var rows []proposalRecord
	if err := list.Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]consign.Proposal, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.proposal(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// AgreementNumbered returns the scope's agreement of a vendor by its number.
func (q Queries) AgreementNumbered(vendor access.OrganisationID, number string) (consign.Agreement, error) {
	r, err := first[agreementRecord](q.from("agreements").Where("vendor_id = ? AND number = ?", string(vendor), number), "agreement")
	return r.agreement(), err
}

// LatestVersion returns the version of an agreement with the highest number.
func (q Queries) LatestVersion(agreement consign.AgreementID) (consign.Version, error) {
	r, err := first[versionRow](q.from("agreement_versions").
		Select("agreement_versions.*, agreements.number AS number").
		Joins("JOIN agreements ON agreements.id = agreement_versions.agreement_id").
		Where("agreement_versions.agreement_id = ?", string(agreement)).Order("agreement_versions.version DESC"), "agreement")
	return r.version(), err
}
