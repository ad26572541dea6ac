// Package gallery answers one question: which faces has this customer
// enrolled?
//
//	POST   /api/identity/face/enroll                    enrol a face, or replace all with it
//	GET    /api/identity/customers/{id}/faces           list a customer's enrolments
//	DELETE /api/identity/customers/{id}/faces/{face}    remove one
//	DELETE /api/identity/customers/{id}/faces           erase them all, for good
//
// Templates are sealed with a key of the customer's own; erasing forgets that
// key, so that no copy of the records can be read again.
package gallery
