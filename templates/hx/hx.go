// Package hx is the only place that spells htmx attributes, so that a new
// version of htmx is a change in one place. It is written for htmx 4: an element
// inherits nothing unless the name says so, and answers of 4xx and 5xx are
// swapped like any other.
//
// It offers no attribute whose value htmx would evaluate as a script (hx-on,
// js: values, filters on triggers): the content security policy forbids it.
package hx

import (
	"maps"
	"strings"

	"github.com/a-h/templ"
)

// SwapStyle says where an answer goes, relative to its target.
type SwapStyle string

// The styles in use. Morph keeps focus and scroll position where it can.
const (
	Inner  SwapStyle = "innerHTML"
	Outer  SwapStyle = "outerHTML"
	Morph  SwapStyle = "innerMorph"
	First  SwapStyle = "afterbegin"
	Last   SwapStyle = "beforeend"
	Before SwapStyle = "beforebegin"
	None   SwapStyle = "none"
)

// Config is the content of the meta element named htmx-config: our own style
// sheet shows indicators, the one extension is the event stream, and a request
// that hears nothing for 20 s counts as lost.
const Config = `{"includeIndicatorCSS":false,"extensions":"sse","defaultTimeout":20000,"transitions":false}`

// Request headers by which a server knows a request of htmx.
const (
	HeaderRequest  = "HX-Request"  // "true" on every request htmx makes
	HeaderTarget   = "HX-Target"   // "tag#id" of the element the answer is for
	HeaderRedirect = "HX-Redirect" // answer: leave for this address
	HeaderTrigger  = "HX-Trigger"  // answer: raise these events
	HeaderRetarget = "HX-Retarget" // answer: use this target instead
	HeaderReswap   = "HX-Reswap"   // answer: use this style instead
)

func one(name, value string) templ.Attributes { return templ.Attributes{name: value} }

// Get asks url for the fragment.
func Get(url string) templ.Attributes { return one("hx-get", url) }

// Post sends the surrounding form, or the element's own value, to url.
func Post(url string) templ.Attributes { return one("hx-post", url) }

// Target names, by CSS selector, the element the answer is for.
func Target(selector string) templ.Attributes { return one("hx-target", selector) }

// Swap says where the answer goes relative to the target.
func Swap(style SwapStyle) templ.Attributes { return one("hx-swap", string(style)) }

// On names the events that send the request, such as "change" or
// "unit-changed from:body". Filters in square brackets are not possible here.
func On(events ...string) templ.Attributes { return one("hx-trigger", strings.Join(events, ", ")) }

// PushURL puts the request's address into the browser's history.
func PushURL() templ.Attributes { return one("hx-push-url", "true") }

// Select takes only the part of the answer that selector names.
func Select(selector string) templ.Attributes { return one("hx-select", selector) }

// Include adds the values of the elements selector names.
func Include(selector string) templ.Attributes { return one("hx-include", selector) }

// QueueAll sends every request of this element, one after the other, and drops
// none: a second scan must not overtake or replace the first.
func QueueAll() templ.Attributes { return one("hx-sync", "this:queue all") }

// DropWhileBusy ignores further presses while a request is under way.
func DropWhileBusy() templ.Attributes { return one("hx-sync", "this:drop") }

// Stream connects the element to a stream of server-sent events. A named event
// becomes a DOM event of that name, which other elements hear with On("name
// from:body"); an unnamed one is swapped into the element.
func Stream(url string) templ.Attributes { return one("hx-sse:connect", url) }

// OutOfBand makes a fragment of an answer replace the element with its own id.
func OutOfBand() templ.Attributes { return one("hx-swap-oob", "true") }

// Join puts attributes together; a later one wins over an earlier.
func Join(sets ...templ.Attributes) templ.Attributes {
	all := templ.Attributes{}
	for _, set := range sets {
		maps.Copy(all, set)
	}
	return all
}
