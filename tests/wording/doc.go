// Package wording holds the product's sentences and its table of translations
// against each other: what the sources say, the table knows; what the table
// knows, the sources say; and a page shown in another language has no English
// left in it.
package wording
