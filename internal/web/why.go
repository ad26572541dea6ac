package web

// Why is a parameter of operations that show what is kept about a person:
// embed it into the others. It ends up in the access log.
type Why struct {
	Reason string `header:"X-Access-Reason" doc:"Why you look, in words for the access log: the number of a case is best." maxLength:"256"`
}
