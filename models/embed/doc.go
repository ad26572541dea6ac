// Package embed answers one question: which point in the network's space of
// faces is this face? Its answer is a template: two templates of one person
// lie close together.
//
// The face is first brought into the position that the network was trained
// on: turned, scaled and moved so that its five landmarks fall as near as they
// can on five fixed points.
package embed
