# ruff: noqa: E501 (a clause of a document is one line)
"""World Bank, procurement of goods, in English: letter of bid, information forms, price schedules, securities, authorization."""

from blocks import Cell, each, gap, grid, heading, label, new_page, note, para, plain, row, sign, table

HEADER = "{{ project.number }}\t{{ bidder.name }}"
WIDE_WIDTHS = (700, 2700, 1400, 1300, 1200, 1900, 2300, 2277)


def center(text: str) -> Cell:
    return Cell(text, align="center")


def number(text: str) -> Cell:
    return Cell(text, align="right")


def reference() -> str:
    w = (2600, 6245)
    return (
        grid(
            w,
            row(w, label("Date of this Bid submission"), "{{ sign_date }}"),
            row(w, label("RFB No."), "{{ project.number }}"),
            row(w, label("Contract (lot)"), "{{ lot.id }}, {{ lot.name }}"),
            row(w, label("Purchaser"), "{{ project.buyer }}"),
            row(w, label("Alternative No."), "none"),
        )
        + gap()
    )


def signed(who: str = "{{ bidder.name }}") -> str:
    return (
        gap()
        + sign("Name of the Bidder: ", who, to=8200)
        + sign("Name of the person duly authorized to sign the Bid: ", "{{ signer.name }}", to=8200)
        + sign("Title of the person signing the Bid: ", "{{ signer.title }}", to=8200)
        + sign("Signature of the person named above: ", to=8200)
        + sign("Date signed: ", "{{ sign_date }}", to=8200)
    )


def cover() -> str:
    return (
        para("{{ project.name }}", "CoverName")
        + para(
            "RFB No. {{ project.number }}  ·  Lot {{ lot.id }}: {{ lot.name }}", "BidPlain", '<w:jc w:val="center"/>'
        )
        + para("BID", "CoverTitle")
        + para("Procurement of Goods", "CoverVolume")
        + sign("Purchaser: ", "{{ project.buyer }}", style="CoverText", to=8200)
        + sign("Bidder: ", "{{ bidder.name }}", style="CoverText", to=8200)
        + para("{{ sign_date }}", "CoverText", '<w:spacing w:before="900"/><w:jc w:val="center"/>')
    )


def price_cover() -> str:
    return cover().replace("Procurement of Goods", "Letter of Bid and Price Schedules")


LETTER = [
    ("No reservations", "We have examined and have no reservations to the bidding document, including Addenda issued in accordance with the Instructions to Bidders (ITB 8): {{ extra.addenda }}."),
    ("Eligibility", "We meet the eligibility requirements and have no conflict of interest in accordance with ITB 4."),
    ("Bid/Proposal-Securing Declaration", "We have not been suspended nor declared ineligible by the Purchaser based on execution of a Bid-Securing Declaration or Proposal-Securing Declaration in the Purchaser’s country in accordance with ITB 4.7."),
    ("Conformity", "We offer to supply in conformity with the bidding document and in accordance with the Delivery Schedules specified in the Schedule of Requirements the following Goods: {% for item in items %}{{ item.quantity }} {{ item.unit }} {{ item.name }} ({{ item.model }}){% if not loop.last %}; {% endif %}{% endfor %}."),
    ("Bid Price", "The total price of our Bid, excluding any discounts offered in item (f) below, is: [[{{ price.currency }} {{ price.total }}]] ([[{{ price.total_words }}]])."),
    ("Discounts", "The discounts offered and the methodology for their application are: (i) discounts offered: {{ extra.discounts }}; (ii) the exact method of calculations to determine the net price after application of discounts: {{ extra.discount_method }}."),
    ("Bid Validity Period", "Our Bid shall be valid for [[{{ validity_days }}]] days from the date fixed for the Bid submission deadline in accordance with the bidding document ([[{{ deadline }}]]), and it shall remain binding upon us and may be accepted at any time before the expiration of that period."),
    ("Performance Security", "If our Bid is accepted, we commit to obtain a performance security in accordance with the bidding document."),
    ("One Bid per Bidder", "We are not submitting any other Bid(s) as an individual Bidder, and we are not participating in any other Bid(s) as a Joint Venture member or as a subcontractor, and meet the requirements of ITB 4.3, other than alternative Bids submitted in accordance with ITB 13."),
    ("Suspension and Debarment", "We, along with any of our subcontractors, suppliers, consultants, manufacturers, or service providers for any part of the contract, are not subject to, and not controlled by any entity or individual that is subject to, a temporary suspension or a debarment imposed by the World Bank Group or a debarment imposed by the World Bank Group in accordance with the Agreement for Mutual Enforcement of Debarment Decisions between the World Bank and other development banks. Further, we are not ineligible under the Purchaser’s country laws or official regulations or pursuant to a decision of the United Nations Security Council."),
    ("State-owned enterprise or institution", "{% if extra.state_owned %}We are a state-owned enterprise or institution but meet the requirements of ITB 4.6.{% else %}We are not a state-owned enterprise or institution.{% endif %}"),
    ("Commissions, gratuities and fees", "We have paid, or will pay the following commissions, gratuities, or fees with respect to the bidding process or execution of the Contract:"),
]  # fmt: skip
CLOSING = [
    ("Binding Contract", "We understand that this Bid, together with your written acceptance thereof included in your Letter of Acceptance, shall constitute a binding contract between us, until a formal contract is prepared and executed."),
    ("Purchaser Not Bound to Accept", "We understand that you are not bound to accept the lowest evaluated cost Bid, the Most Advantageous Bid or any other Bid that you may receive."),
    ("Fraud and Corruption", "We hereby certify that we have taken steps to ensure that no person acting for us or on our behalf engages in any type of Fraud and Corruption."),
]  # fmt: skip


def letter() -> str:
    w = (2400, 2600, 2245, 1600)
    first = [f"({letter}) **{title}:** {text}" for letter, (title, text) in zip("abcdefghijkl", LETTER, strict=True)]
    last = [f"({letter}) **{title}:** {text}" for letter, (title, text) in zip("mno", CLOSING, strict=True)]
    return (
        heading("Letter of Bid")
        + reference()
        + plain("To: {{ project.buyer }}, {{ project.buyer_address }}")
        + "".join(para(text) for text in first)
        + table(w, ["Name of recipient", "Address", "Reason", "Amount"],
            each(w, "fee in extra.commissions", "{{ fee.recipient }}", "{{ fee.address }}", "{{ fee.reason }}", number("{{ fee.amount }}"), empty="None"))
        + gap()
        + "".join(para(text) for text in last)
        + signed()
        + note("In the case of a Bid submitted by a Joint Venture, the name of the Joint Venture is the name of the Bidder, and the power of attorney of the person signing is attached.")
    )  # fmt: skip


def bidder_information() -> str:
    w = (3600, 5245)
    return (
        heading("Bidder Information Form")
        + reference()
        + grid(
            w,
            row(w, label("1. Bidder’s name"), "{{ bidder.name }}"),
            row(w, label("2. Legal name of each member, if a Joint Venture"), "{% for member in consortium %}{{ member.name }}{% if not loop.last %}; {% endif %}{% else %}not applicable{% endfor %}"),
            row(w, label("3. Country of registration"), "{{ extra.country }}"),
            row(w, label("4. Year of registration"), "{{ bidder.established }}"),
            row(w, label("5. Address in country of registration"), "{{ bidder.address }}, {{ bidder.postcode }}"),
            row(w, label("6. Registration number"), "{{ bidder.credit_code }}"),
            row(w, label("7. Authorized representative"), "{{ signer.name }}, {{ signer.title }}\nTelephone {{ signer.phone }}, e-mail {{ bidder.email }}"),
            row(w, label("8. Legal representative"), "{{ bidder.legal_representative }}"),
            row(w, label("9. Bank"), "{{ bidder.bank }}, account {{ bidder.account }}"),
        )
        + gap()
        + plain("Attached are copies of original documents of:")
        + para("(1) Articles of Incorporation or documents of constitution, and documents of registration of the legal entity named above, in accordance with ITB 4.4;")
        + para("(2) in case of a Joint Venture, letter of intent to form it or the Joint Venture agreement, in accordance with ITB 4.1;")
        + para("(3) in case of a state-owned enterprise or institution, documents establishing legal and financial autonomy, operation under commercial law, and that it is not under the supervision of the Purchaser, in accordance with ITB 4.6.")
        + signed()
    )  # fmt: skip


def jv_information() -> str:
    w = (3600, 5245)
    return (
        para("{%p for member in consortium %}")
        + heading("Bidder’s JV Members Information Form")
        + reference()
        + grid(
            w,
            row(w, label("1. Bidder’s name"), "{{ bidder.name }}"),
            row(w, label("2. JV member’s name"), "{{ member.name }}"),
            row(w, label("3. Lead member"), "{% if member.leader %}yes{% else %}no{% endif %}"),
            row(w, label("4. Part of the work"), "{{ member.duty }}"),
            row(w, label("5. Share"), "{{ member.share }}"),
        )
        + note(
            "Attached are copies of the documents of registration of the JV member and its authorization to form the Joint Venture.",
            signed_below=True,
        )
        + sign("JV member: ", "{{ member.name }}", to=8200)
        + sign("Signature: ", to=8200)
        + para("{%p if not loop.last %}")
        + new_page()
        + para("{%p endif %}")
        + para("{%p endfor %}")
    )


def schedule(title: str, kind: str, price_head: str, total_head: str) -> str:
    w = WIDE_WIDTHS
    return (
        heading(title)
        + plain("RFB No. {{ project.number }}    Lot {{ lot.id }}    Currency: {{ price.currency }}    Date: {{ sign_date }}")
        + table(w, ["Line", "Description of Goods", "Country of origin", "Delivery", "Quantity", price_head, total_head, "Remark"],
            each(w, "line in price.lines", center("{{ line.no }}"), "{{ line.name }} {{ line.model }}", center("{{ extra.origin }}"),
                 center("{{ lot.delivery_days }} days"), number("{{ line.quantity }} {{ line.unit }}"), number("{{ line.unit_price }}"), number("{{ line.total }}"), "{{ line.remark }}"),
            row(w, label("Total price", 6), number("{{ price.total }}"), ""))
        + note(kind, signed_below=True)
        + signed()
    )  # fmt: skip


def schedule_imported() -> str:
    return schedule("Price Schedule: Goods Manufactured Outside the Purchaser’s Country, to be Imported",
        "Prices are quoted {{ extra.incoterm }} {{ extra.delivery_place }} (Incoterms), in accordance with ITB 14.8 (b).", "Unit price", "Total price per line")  # fmt: skip


def schedule_already_imported() -> str:
    return schedule("Price Schedule: Goods Manufactured Outside the Purchaser’s Country, Already Imported",
        "Prices include custom duties and import taxes paid or to be paid, evidenced by documents, in accordance with ITB 14.8 (c).", "Unit price including duties and taxes paid", "Total price per line")  # fmt: skip


def schedule_domestic() -> str:
    return schedule("Price Schedule: Goods Manufactured in the Purchaser’s Country",
        "Prices are quoted EXW, including taxes paid or payable on components and raw material, in accordance with ITB 14.8 (a). Sales and other taxes payable if the contract is awarded: {{ price.tax }} ({{ price.tax_rate_percent }} %).", "Unit price EXW", "Total EXW price per line")  # fmt: skip


def schedule_services() -> str:
    w = (800, 5377, 1600, 2000, 1900, 2100)
    return (
        heading("Price and Completion Schedule: Related Services")
        + plain("RFB No. {{ project.number }}    Lot {{ lot.id }}    Currency: {{ price.currency }}    Date: {{ sign_date }}")
        + table(w, ["No.", "Description of services", "Country of origin", "Delivery at place of destination", "Quantity", "Price"],
            each(w, "service in extra.services", center("{{ loop.index }}"), "{{ service.name }}", center("{{ extra.country }}"),
                 center("{{ service.delivery }}"), center("{{ service.quantity }}"), number("{{ service.terms }}"), empty="No related services are priced apart from the Goods"))
        + signed()
    )  # fmt: skip


def bid_security() -> str:
    return (
        heading("Form of Bid Security (Bank Guarantee)")
        + plain("Beneficiary: {{ project.buyer }}, {{ project.buyer_address }}")
        + plain("RFB No.: {{ project.number }}")
        + plain("Date: {{ sign_date }}")
        + para("We have been informed that [[{{ bidder.name }}]] (hereinafter called “the Applicant”) has submitted or will submit to the Beneficiary its bid (hereinafter called “the Bid”) for the execution of [[{{ lot.name }}]] under Request for Bids No. [[{{ project.number }}]].")
        + para("Furthermore, we understand that, according to the Beneficiary’s conditions, bids must be supported by a bid guarantee.")
        + para("At the request of the Applicant, we, as Guarantor, hereby irrevocably undertake to pay the Beneficiary any sum or sums not exceeding in total an amount of [[{{ bond.amount }}]] ([[{{ bond.amount_words }}]]) upon receipt by us of the Beneficiary’s complying demand, supported by the Beneficiary’s statement, whether in the demand itself or a separate signed document accompanying or identifying the demand, stating that either the Applicant:")
        + para("(a) has withdrawn its Bid during the period of bid validity set forth in the Applicant’s Letter of Bid (“the Bid Validity Period”), or any extension thereto provided by the Applicant; or")
        + para("(b) having been notified of the acceptance of its Bid by the Beneficiary during the Bid Validity Period or any extension thereto provided by the Applicant, (i) has failed to execute the contract agreement, or (ii) has failed to furnish the performance security, in accordance with the Instructions to Bidders of the Beneficiary’s bidding document.")
        + para("This guarantee will expire: (a) if the Applicant is the successful Bidder, upon our receipt of copies of the contract agreement signed by the Applicant and the performance security issued to the Beneficiary in relation to such contract agreement; or (b) if the Applicant is not the successful Bidder, upon the earlier of (i) our receipt of a copy of the Beneficiary’s notification to the Applicant of the results of the bidding process; or (ii) twenty-eight days after the end of the Bid Validity Period.")
        + para("Consequently, any demand for payment under this guarantee must be received by us at the office indicated above on or before that date. This guarantee is subject to the Uniform Rules for Demand Guarantees (URDG) 2010 Revision, ICC Publication No. 758.")
        + gap()
        + sign("Guarantor: ", to=8200) + sign("Address: ", to=8200) + sign("Signature(s): ", to=8200)
    )  # fmt: skip


def securing_declaration() -> str:
    return (
        heading("Form of Bid-Securing Declaration")
        + plain("Date: {{ sign_date }}")
        + plain("RFB No.: {{ project.number }}")
        + plain("To: {{ project.buyer }}")
        + para("We, the undersigned, declare that:")
        + para(
            "We understand that, according to your conditions, bids must be supported by a Bid-Securing Declaration."
        )
        + para(
            "We accept that we will automatically be suspended from being eligible for bidding or submitting proposals in any contract with the Purchaser for the period of time specified in the bidding document starting on the date of the event, if we are in breach of our obligation(s) under the bid conditions, because we:"
        )
        + para(
            "(a) have withdrawn our Bid during the period of bid validity specified in the Letter of Bid or any extended date provided by us; or"
        )
        + para(
            "(b) having been notified of the acceptance of our Bid by the Purchaser prior to the expiry date of the bid validity in the Letter of Bid or any extended date provided by us, (i) fail or refuse to sign the Contract; or (ii) fail or refuse to furnish the performance security, if required, in accordance with the ITB."
        )
        + para(
            "We understand this Bid-Securing Declaration shall expire if we are not the successful Bidder, upon the earlier of (i) our receipt of your notification to us of the name of the successful Bidder; or (ii) twenty-eight days after the expiry date of the bid validity."
        )
        + signed()
    )


def authorization() -> str:
    return (
        para("{%p for authorisation in authorisations %}")
        + heading("Manufacturer’s Authorization")
        + plain("Date: {{ sign_date }}")
        + plain("RFB No.: {{ project.number }}")
        + plain("To: {{ project.buyer }}")
        + para("WHEREAS we, [[{{ authorisation.manufacturer }}]], who are official manufacturers of [[{{ authorisation.models }}]], do hereby authorize [[{{ bidder.name }}]] to submit a bid the purpose of which is to provide the following Goods, manufactured by us: [[{{ authorisation.models }}]], and to subsequently negotiate and sign the Contract.")
        + para("We hereby extend our full guarantee and warranty in accordance with the General Conditions of Contract, with respect to the Goods offered by the above firm. This authorization is valid until [[{{ authorisation.valid_to }}]].")
        + gap()
        + sign("Manufacturer: ", "{{ authorisation.manufacturer }}", to=8200)
        + sign("Name and title: ", to=8200) + sign("Signature: ", to=8200) + sign("Dated: ", to=8200)
        + para("{%p if not loop.last %}")
        + new_page()
        + para("{%p endif %}")
        + para("{%p endfor %}")
    )  # fmt: skip


def specification() -> str:
    w = (1000, 3500, 3245, 1100)
    return (
        heading("Technical Specification and Compliance")
        + table(w, ["Clause", "Requirement", "Offered", "Deviation"],
            each(w, "line in clauses", center("{{ line.clause }} {{ line.mark }}"), "{{ line.requirement }}", "{{ line.response }}", center("{{ line.deviation }}")))
        + heading("Deviations", 2)
        + table(d := (1000, 3900, 3945), ["Clause", "Requirement", "Deviation offered"],
            each(d, "line in deviations", center("{{ line.clause }}"), "{{ line.requirement }}", "{{ line.deviation }}: {{ line.response }}", empty="None"))
        + note("Technical documents follow this page.", signed_below=True)
        + signed()
    )  # fmt: skip


def documents() -> dict[str, tuple[str, str, str]]:
    """File name to body, header, page."""
    upright = {
        "letter-of-bid": letter(), "bidder-information": bidder_information(), "jv-information": jv_information(),
        "bid-security": bid_security(), "securing-declaration": securing_declaration(),
        "manufacturers-authorization": authorization(), "specification": specification(),
    }  # fmt: skip
    wide = {
        "price-imported": schedule_imported(), "price-already-imported": schedule_already_imported(),
        "price-domestic": schedule_domestic(), "price-services": schedule_services(),
    }  # fmt: skip
    return (
        {"cover": (cover(), "", "upright"), "cover-price": (price_cover(), "", "upright")}
        | {name: (body, HEADER, "upright") for name, body in upright.items()}
        | {name: (body, HEADER, "wide") for name, body in wide.items()}
    )
