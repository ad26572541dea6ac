// Package process answers one question: what do the capabilities that an API
// key selects find about one person?
//
//	POST /processes/v1                  a person and a picture; the findings
//	GET  /processes/v1/{id}             the findings again
//	GET  /processes/v2/{id}             and processAdditionalInfo
//	GET  /api/processes/{id}/evidence   candidates with their scores, for the operator
//
// It knows no capability by name: docs/PROCESS.md walks one request through.
package process
