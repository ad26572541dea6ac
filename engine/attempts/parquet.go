package attempts

import (
	"fmt"
	"io"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/rostod/rostod/engine"
)

// parquetRow is a row in columns: the CSV's, with types. What is not known is
// null.
type parquetRow struct {
	ID            string    `parquet:"id"`
	CreatedAt     time.Time `parquet:"createdAt,timestamp(millisecond)"`
	CustomerID    *string   `parquet:"customerId,optional,dict"`
	DeviceID      *string   `parquet:"deviceId,optional,dict"`
	Method        *string   `parquet:"method,optional,dict"`
	Status        *string   `parquet:"status,optional,dict"`
	Allow         *bool     `parquet:"allow,optional"`
	Score         *int32    `parquet:"score,optional"`
	RiskLevel     *string   `parquet:"riskLevel,optional,dict"`
	Trigger       *string   `parquet:"trigger,optional,dict"`
	ActionLabel   *string   `parquet:"actionLabel,optional"`
	Liveness      *string   `parquet:"livenessVerdict,optional,dict"`
	Assurance     *string   `parquet:"livenessAssuranceTier,optional,dict"`
	LivenessScore *float64  `parquet:"livenessScore,optional"`
	Match         *string   `parquet:"matchVerdict,optional,dict"`
	Similarity    *float64  `parquet:"matchSimilarity,optional"`
	Threshold     *float64  `parquet:"matchThreshold,optional"`
	Reasons       []string  `parquet:"reasons,list,dict"`
	Verification  *string   `parquet:"verificationId,optional"`
	Capture       *string   `parquet:"captureId,optional"`
	Picture       *string   `parquet:"picture,optional"`
	Models        []string  `parquet:"models,list,dict"`
	PolicyVersion *int64    `parquet:"policyVersion,optional"`
	Journal       *int64    `parquet:"journal,optional"`
	Key           *string   `parquet:"key,optional,dict"`
	Erased        bool      `parquet:"erased"`
}

// rowsInGroup is how many rows are held in memory while they are written: some
// ten megabytes.
const rowsInGroup = 16 << 10

// writeParquet writes rows as Apache Parquet, compressed with zstd.
func writeParquet(w io.Writer, rows func(func(rowView) error) error) error {
	out := parquet.NewGenericWriter[parquetRow](w, parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(rowsInGroup),
		parquet.CreatedBy("rostod", "", ""), parquet.PageBufferSize(64<<10))
	one := make([]parquetRow, 1)
	err := rows(func(v rowView) error {
		one[0] = columnsOf(v)
		_, err := out.Write(one)
		return err
	})
	if err != nil {
		return fmt.Errorf("write attempts: %w", err)
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("write attempts: %w", err)
	}
	return nil
}

func columnsOf(v rowView) parquetRow {
	r := parquetRow{ID: string(v.ID), CreatedAt: v.CreatedAt, Erased: v.Erased}
	if v.Erased {
		return r
	}
	r.CustomerID, r.DeviceID, r.Method, r.Status = known(v.CustomerID), known(v.DeviceID), known(v.Method), known(v.Status)
	r.Allow, r.RiskLevel, r.Trigger, r.ActionLabel = &v.Allow, known(v.RiskLevel), known(v.Trigger), known(v.ActionLabel)
	if v.Score != nil {
		score := int32(*v.Score)
		r.Score = &score
	}
	if l := v.Liveness; l != nil {
		r.Liveness, r.Assurance, r.LivenessScore = known(l.Verdict), known(l.AssuranceTier), l.Score
	}
	if m := v.Match; m != nil {
		r.Match, r.Similarity, r.Threshold = known(m.Verdict), m.Similarity, m.Threshold
	}
	r.Reasons, r.Verification, r.Capture, r.Picture, r.Models = v.Reasons, known(v.VerificationID), known(v.CaptureID), known(v.Picture), v.Models
	version, entry := int64(v.PolicyVersion), int64(v.Journal)
	r.PolicyVersion, r.Journal, r.Key = &version, &entry, known[engine.KeyID](v.Key)
	return r
}

// known is a text, or null.
func known[T ~string](v T) *string {
	if v == "" {
		return nil
	}
	s := string(v)
	return &s
}
