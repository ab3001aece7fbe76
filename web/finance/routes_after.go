package finance

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/web/listing"
	"trueward/web/route"
)

// afterIssue are the pages of what comes after an invoice is issued.
func (o Office) afterIssue() []route.Route {
	see := func(path, name string, needs access.Verb, tenancy route.Tenancy, h echo.HandlerFunc, params ...route.Param) route.Route {
		return route.Route{Method: http.MethodGet, Path: path, Name: name, Needs: needs, Tenancy: tenancy, Handler: h, Params: params}
	}
	credits := see(creditsPath, "credits", access.SeeInvoices, route.Sides, o.showCredits, append(listing.Params(creditColumns(nil, true, false).Keys()), cursor, route.Query("view", route.Enum("proposed", "issued", "declined")))...)
	credits.Menu = &route.Menu{Text: "Credits", Icon: "undo", Key: "r", Place: 55}
	disputes := see(disputesPath, "disputes", access.SeeInvoices, route.Sides, o.showDisputes, append(listing.Params(o.disputeColumns(nil, true, false).Keys()), cursor, route.Query("view", route.Enum("open", "ended")))...)
	disputes.Menu = &route.Menu{Text: "Disputes", Icon: "warning", Key: "d", Place: 56}
	approvals := see(approvalsPath, "approvals", access.FreezeInvoices, route.Vendor, o.showApprovals, append(listing.Params(approvalColumns(nil).Keys()), cursor)...)
	approvals.Menu = &route.Menu{Text: "Approvals", Icon: "check", Key: "v", Place: 57}
	books := see(booksPath, "books", access.SeeInvoices, route.Sides, o.showBooks)
	books.Menu = &route.Menu{Text: "Books", Icon: "calendar", Key: "m", Place: 58}
	reports := see(reportsPath, "reports", access.SeeInvoices, route.Sides, o.showReports)
	reports.Menu = &route.Menu{Text: "Reports", Icon: "chart", Key: "w", Place: 60}
	numbers := see(numbersPath, "numbers", access.SeeInvoices, route.Sides, o.showNumbers, route.Query("q", route.Text(64)))
	numbers.Menu = &route.Menu{Text: "Numbers", Icon: "search", Key: "n", Place: 53}
	limits := see(approvalsPath+"/limits", "limits", access.ManagePeople, route.Vendor, o.showApprovalLimits)
	limits.Menu = &route.Menu{Text: "Limits", Icon: "check", Key: "6", Place: 72}
	pdf := see("/credits/:id/pdf", "credit.pdf", access.SeeInvoices, route.Sides, o.creditPDF, id)
	pdf.Rate = route.RateExport
	return []route.Route{credits, disputes, approvals, books, reports, numbers, limits, pdf}
}

// correcting are the changes after issue.
func (o Office) correcting() []route.Route {
	change := func(path, name string, needs access.Verb, tenancy route.Tenancy, h echo.HandlerFunc, params ...route.Param) route.Route {
		return route.Route{
			Method: http.MethodPost, Path: path, Name: name, Needs: needs, Tenancy: tenancy, ChangesState: true,
			BodyLimit: 16 << 10, Handler: h, Params: params,
		}
	}
	reason, amount := route.Form("reason", route.Prose(400)), route.Form("amount", route.Text(40))
	line, currency := route.Form("line", route.ID()), route.Form("currency", route.Text(3))
	month := route.Form("month", route.Token(7))
	reasons := make([]string, 0, 6)
	for _, r := range billing.CreditReasons() {
		reasons = append(reasons, string(r))
	}
	return []route.Route{
		change(invoicePath+"/credits", "credit.propose", access.FreezeInvoices, route.Vendor, o.proposeCredit, id, line, amount,
			route.Form("reason", route.Enum(reasons...)), route.Form("explanation", route.Prose(400))),
		change("/credits/:id/issue", "credit.issue", access.FreezeInvoices, route.Vendor, o.issueCredit, id),
		change("/credits/:id/decline", "credit.decline", access.FreezeInvoices, route.Vendor, o.declineCredit, id, reason),
		change(invoicePath+"/rebill", "invoice.rebill", access.FreezeInvoices, route.Vendor, o.rebill, id),
		change(invoicePath+"/end", "invoice.end", access.FreezeInvoices, route.Vendor, o.askToEnd, id, reason,
			route.Form("kind", route.Enum(string(billing.EndVoid), string(billing.EndUncollectible)))),
		change(invoicePath+"/end/decide", "invoice.end-decide", access.FreezeInvoices, route.Vendor, o.decideEnd, id, route.Form("answer", route.Enum("yes", "no"))),
		change(invoicePath+"/refunds", "payment.refund", access.RecordPayments, route.Sides, o.recordRefund, id, amount,
			route.Form("received_on", route.Date()), route.Form("method", route.Text(32)), route.Form("reference", route.Prose(400))),
		change(invoicePath+"/disputes", "dispute.open", access.HoldLines, route.Hospital, o.openDispute, id, line, amount, reason),
		change("/disputes/:id/answer", "dispute.answer", access.HoldLines, route.Vendor, o.answerDispute, id, route.Form("answer", route.Prose(400))),
		change("/disputes/:id/agree", "dispute.agree", access.HoldLines, route.Vendor, o.disputeStep(o.Disputing.Agree, "It is agreed. The credit note is proposed and counts once it is issued."), id),
		change("/disputes/:id/withdraw", "dispute.withdraw", access.HoldLines, route.Hospital, o.disputeStep(o.Disputing.Withdraw, "The dispute is withdrawn. The line is owed."), id),
		change("/disputes/:id/escalate", "dispute.escalate", access.HoldLines, route.Sides, o.disputeStep(o.Disputing.Escalate, "The dispute is escalated."), id),
		change(approvalsPath+"/limits", "limit.set", access.ManagePeople, route.Vendor, o.setLimit, route.Form("person", route.ID()), amount, currency),
		change(approvalsPath+"/delegations", "delegation.add", access.FreezeInvoices, route.Vendor, o.delegate, route.Form("to", route.ID()), amount, currency,
			route.Form("from", route.Date()), route.Form("until", route.Date()), reason),
		change(approvalsPath+"/delegations/:id/end", "delegation.end", access.FreezeInvoices, route.Vendor, o.endDelegation, id),
		change(booksPath+"/soft-close", "books.soft-close", access.CloseBooks, route.Sides, o.softClose, month),
		change(booksPath+"/close", "books.close", access.CloseBooks, route.Sides, o.closeMonth, month),
	}
}
