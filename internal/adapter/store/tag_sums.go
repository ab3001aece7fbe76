package store

import "trueward/internal/domain/authentic"

// TagSum counts the tags of a profile that the scope reaches. A hospital
// reaches the tags of its own units; a tag not yet bound is the vendor's.
type TagSum struct {
	Profile     authentic.ProfileID // empty: tags without cryptography
	Bound       int64               // stand for a unit
	Unbound     int64
	Retired     int64
	Quarantined int64
	Epochs      int64 // the highest key epoch any of them is in
}

// TagSums counts tags by profile.
func (q Queries) TagSums() ([]TagSum, error) {
	var sums []TagSum
	err := q.from("tags").Select(`COALESCE(tags.profile_id, '') AS profile,
		CAST(SUM(CASE WHEN tags.state = 'active' AND tags.unit_id IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS bound,
		CAST(SUM(CASE WHEN tags.state = 'active' AND tags.unit_id IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unbound,
		CAST(SUM(CASE WHEN tags.state = 'retired' THEN 1 ELSE 0 END) AS BIGINT) AS retired,
		CAST(SUM(CASE WHEN tags.state = 'quarantined' THEN 1 ELSE 0 END) AS BIGINT) AS quarantined,
		MAX(tags.epoch) AS epochs`).
		Group("tags.profile_id").Order("tags.profile_id").Scan(&sums).Error
	return sums, err
}
