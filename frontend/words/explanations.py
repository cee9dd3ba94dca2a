"""What each control and each quantity is, in plain words, with the formula behind it."""

from frontend.words.explanation import Explanation
from frontend.words.quantities import QUANTITIES

EXPLANATIONS: dict[str, Explanation] = {
    **QUANTITIES,
    "tuples": Explanation(
        "Only points of these models: encoder, decoder and marginal, simple (-) or complex (+, v, l)."
    ),
    "methods": Explanation("Only points that were trained with these objectives."),
    "evaluation": Explanation(
        "Points that were measured on other test images are not comparable, and never share a frontier."
    ),
    "dataset": Explanation("The images. Every data set, and every way to make it binary, has a plane of its own."),
    "overlays": Explanation(
        "Staircase: through the points that nothing beats in both R and D. Hull: what switching between them at random "
        "would reach.",
        "no other point has R' <= R and D' <= D",
    ),
    "group": Explanation("One frontier of all points, or one for each kind of part, to see which part moves it."),
    "download": Explanation("What is on show, to keep: the figure, or the numbers behind it."),
    "strip-image": Explanation("Which of the test images, and which noise, every column of the strip shows."),
    "scheme": Explanation("Light or dark; until you choose, as your system is."),
    "new-run": Explanation(
        "A form with everything a run can be told. It says how long the run takes before it is queued."
    ),
    "compare-images": Explanation("How many test images, and how many draws of z, every column shows."),
    "compare-order": Explanation(
        "By kind: all samples, then all means. By image: what belongs to one image side by side, as in B's figure 4."
    ),
    "compare-difference": Explanation(
        "What each picture differs from: a reconstruction from its input, or every picture from that of the first "
        "column. Black or white is no difference, as the scale beside it says.",
        "|a - b| in each pixel",
    ),
    "sweep": Explanation(
        "One run for every combination of the values, trained and cancelled as one. A list such as 0.1, 0.5, 1 or a "
        "range such as 0.1..10, 7, log. Runs that are known already are not trained again.",
        "runs = values x values x seeds",
    ),
    "fill": Explanation(
        "Runs between neighbours on the frontier, where it has the largest gaps. They are offered with what they cost; "
        "nothing is queued before you say so.",
        "gap = step in R, times step in D, halved",
    ),
    "latent-order": Explanation(
        "The dimensions with what they carry, the largest first, or as they are counted.",
        "KL_d = E[log e(z_d|x) - log m(z_d)]",
    ),
    "latent-span": Explanation(
        "How far a dimension is moved to each side of the mean of q(z_d), in its standard deviations over test images.",
        "z_d = mean(q(z_d)) + v sd(q(z_d))",
    ),
    "latent-path": Explanation(
        "Straight from one code to the other, or along the arc between them: in many dimensions draws of a normal m(z) "
        "have nearly one length, which a straight line leaves.",
        "z(t) = (1 - t) a + t b",
    ),
    "latent-seed": Explanation("Other test images for q(z), and other noise for m(z).", "q(z) = E[e(z|x)]"),
    "look-colour": Explanation(
        "What the colour of a point says: a category has a colour of its own, a number a place on a scale, which is "
        "logarithmic where the numbers span decades. A click on an entry of the legend shows it alone.",
    ),
    "look-shape": Explanation("What the shape of a point says: anything with at most five values."),
    "look-fill": Explanation("What filled and hollow say: anything with two values."),
    "seeds": Explanation(
        "Each run by itself with the standard errors of its measurement, or the mean of the runs that differ in "
        "nothing but their seed, with the error of that mean or the spread of the seeds.",
        "standard error = standard deviation / sqrt(seeds)",
    ),
    "log-axes": Explanation(
        "Equal steps are equal factors. Points at or below 0 have no place there; the note counts them.",
    ),
    "layers": Explanation(
        "Figures that papers printed for the same bits, as stars; and only the points that no other point beats in "
        "both R and D.",
    ),
    "brush": Explanation(
        "Drag around points to choose them: the table lists them. Escape, or a click on Clear, lets them go.",
    ),
    "reset-view": Explanation(
        "Back to all points, after a zoom. A double click on an empty place proposes a run there."
    ),
}
"""By the key under which a control or a quantity asks for it."""
