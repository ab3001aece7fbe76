package billing

// termsWords renders the steps of agreements with terms of their own.
func (s Step) termsWords(agreement, locale string) string {
	switch s.Code {
	case StepAgreed:
		if s.Args["per"] != "1" {
			return agreement + ": " + s.amount("price", locale) + " for " + s.Args["per"] + s.of() + " → " + s.amount("unit", locale) + " each."
		}
		return agreement + ": " + s.amount("unit", locale) + s.of() + "."
	case StepTier:
		return "Tier " + s.Args["tier"] + " (" + s.positions() + " " + windowWords(s.Args["window"]) + ")" + s.less() + " → " + s.amount("net", locale) + "."
	case StepTierReached:
		return "Tier " + s.Args["tier"] + " reached with the " + ordinal(s.Args["first"]) + " unit " + windowWords(s.Args["window"]) + s.less() +
			" → " + s.amount("net", locale) + "; earlier units are credited at the end."
	case StepTierSpend:
		return "Tier " + s.Args["tier"] + " by what was spent " + windowWords(s.Args["window"]) + s.less() + " → " + s.amount("net", locale) + "."
	case StepWasteShared:
		return s.fate() + s.because() + ": vendor pays " + Percent(s.Args["vendor_bp"]) + " → " + s.amount("net", locale) + "."
	case StepCapPending:
		return "Case cap " + s.amount("cap", locale) + " is applied when the case is closed."
	case StepCapNotReached:
		return "Case cap " + s.amount("cap", locale) + " not reached."
	case StepCapped:
		return "Case cap " + s.amount("cap", locale) + ": together " + s.amount("together", locale) + ", so this one is → " + s.amount("net", locale) + "."
	case StepAmbiguous:
		return "Agreements " + s.Args["agreements"] + " hold equally at the time of use. Waits for a person to choose."
	}
	return string(s.Code) + "."
}

// of says whose price holds when it is not the item's own.
func (s Step) of() string {
	switch {
	case s.Args["instead"] != "":
		return " as for " + s.Args["instead"]
	case s.Args["kind"] == "family":
		return " for " + s.Args["family"]
	}
	return ""
}

func (s Step) less() string {
	if s.Args["tier_bp"] == "0" {
		return ""
	}
	return " −" + Percent(s.Args["tier_bp"])
}

func (s Step) positions() string {
	if s.Args["units"] == "1" {
		return ordinal(s.Args["first"]) + " unit"
	}
	return s.Args["units"] + " units from the " + ordinal(s.Args["first"])
}

func (s Step) fate() string {
	switch s.Args["fate"] {
	case "defective":
		return "Defective"
	case "expired":
		return "Expired"
	case "lost":
		return "Lost"
	case "damaged":
		return "Damaged"
	case "used":
		return "Used"
	}
	return "Opened, not used"
}
