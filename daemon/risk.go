package daemon

import (
	"io"
	"os"

	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/engine/riskscore"
	"github.com/rostod/rostod/internal/fault"
)

// riskTable is the table of the risk score: the operator's, or the one that is
// built in.
func riskTable(c config.Config) (riskscore.Table, error) { return riskTableIn(c.RiskScore.Table) }

func riskTableIn(file string) (riskscore.Table, error) {
	if file == "" {
		return riskscore.BuiltIn()
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return riskscore.Table{}, fault.Because(riskscore.ErrTable, err)
	}
	return riskscore.Read(text)
}

// FitRiskScore fits a table of the risk score, the one that is built in when no
// file is named, to labelled outcomes, and answers the new one's text.
func FitRiskScore(from string, lines io.Reader) ([]byte, riskscore.Fitted, error) {
	table, err := riskTableIn(from)
	if err != nil {
		return nil, riskscore.Fitted{}, err
	}
	return riskscore.Fit(table, lines)
}
