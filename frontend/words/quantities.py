"""What the numbers and lines mean, in the order in which the help lists them."""

from frontend.words.explanation import Explanation

QUANTITIES: dict[str, Explanation] = {
    "rate": Explanation(
        "How many nats the code z spends on an image, beyond what m(z) says in advance. 0 is a code that says nothing.",
        "R = E[log e(z|x) - log m(z)]",
        "rate R",
    ),
    "distortion": Explanation(
        "How many nats the decoder still needs to name the image once it has the code. Lower is a closer copy.",
        "D = E[- log d(x|z)]",
        "distortion D",
    ),
    "neg_elbo": Explanation(
        "The whole price of an image: its code and what the code leaves out. Models on one falling line share it, and "
        "may be nothing alike.",
        "-ELBO = R + D",
        "R + D = -ELBO",
    ),
    "entropy": Explanation(
        "No model can describe the images in fewer nats than their entropy. For real data nobody knows it: shown is "
        "the best bound that somebody has published or that a model here has reached.",
        "H = E[- log p(x)] <= R + D",
        "data entropy H",
    ),
    "above_entropy": Explanation(
        "What this model pays beyond the best known bound on the entropy of the images.",
        "R + D - H",
        "above best known H",
    ),
    "diagonal": Explanation(
        "Where R + D is the best known H. With endless networks the frontier is this line; what lies below it, shaded, "
        "no model can reach if the bound is tight.",
        "D = H - R",
        "diagonal",
    ),
    "iso-elbo": Explanation(
        "Every point of one falling line has the same ELBO. Where on it a model lies, the ELBO does not tell: that is "
        "what the plane is for.",
        "R + D = constant",
        "lines of equal ELBO",
    ),
    "staircase": Explanation(
        "Through the points that no other point beats in both R and D. Between two of them a step: nothing is claimed "
        "that was not measured.",
        "no other point has R' <= R and D' <= D",
        "staircase",
    ),
    "hull": Explanation(
        "The lower edge of the smallest convex shape around the points: what switching at random between measured "
        "models would reach.",
        "t (R, D) + (1 - t) (R', D')",
        "hull",
    ),
    "hypervolume": Explanation(
        "One number for a whole frontier: the area that its staircase dominates, up to the corner (2H, 2H). Larger is "
        "better, and only frontiers of the same images compare.",
        "area of {(R', D'): R <= R' <= 2H, D <= D' <= 2H}",
        "hypervolume",
    ),
    "axes": Explanation(
        "R against D, or the skew view: R + D against R, where equal ELBO is level and small differences near the "
        "bound can be seen.",
        "(R, D) or (R, R + D)",
        "skew axes",
    ),
    "information": Explanation(
        "How many nats the code really tells of the image. It cannot be computed, so two bounds are: the lower from "
        "the mixture of all codes with its own, the upper from the mixture without, or R where that is less.",
        "I(x; z) = E[log e(z|x) - log q(z)] <= R",
        "information I(x; z)",
    ),
    "saturation": Explanation(
        "The bounds on I compare the codes of N images, which cannot tell more than log N nats apart. Near that the "
        "truth may lie anywhere in the interval.",
        "lower end > log N - 1",
        "saturated",
    ),
    "marginal_kl": Explanation(
        "The part of the rate that is no information: how far the codes as a whole are from m(z). A better marginal "
        "removes it without a change to the decoder.",
        "KL(q(z) || m(z)) = R - I(x; z)",
        "KL(q(z) || m(z))",
    ),
    "aggregated": Explanation(
        "All codes of the data set together. Samples of the model start from m(z), so where q(z) and m(z) differ it "
        "generates from places that no image has.",
        "q(z) = E[e(z|x)]",
        "aggregated posterior q(z)",
    ),
    "active_units": Explanation(
        "In how many dimensions the mean of the code moves with the image. The others say nothing, and the decoder "
        "ignores them.",
        "number of d with Var_x E[z_d|x] >= 0.05",
        "active units",
    ),
    "kl_per_dimension": Explanation(
        "What each dimension of the code costs. One near 0 has collapsed: it is m(z) whatever the image is.",
        "KL_d = E[log e(z_d|x) - log m(z_d)]",
        "KL per dimension",
    ),
    "log_det_cov": Explanation(
        "The volume that the codes of all images fill, as a logarithm: 0 as large as that of N(0, I), more where they "
        "spread further.",
        "log det Cov q(z)",
        "log det Cov",
    ),
    "excess_kurtosis": Explanation(
        "How heavy the tails of the codes are: 0 as those of a normal, 1.2 as those of a logistic m(z).",
        "mean over d of E[u⁴] - 3",
        "excess kurtosis",
    ),
    "mmd": Explanation(
        "How far two clouds of codes are from each other, by the likeness of their pairs: 0 where they have one "
        "distribution. It is unbiased, so about 0 it may come out negative.",
        "E k(z, z') - 2 E k(z, m) + E k(m, m')",
        "MMD",
    ),
    "posterior_gap": Explanation(
        "How far the encoder is from the best that the decoder would allow it: the part of R + D that a better encoder "
        "alone would save.",
        "E KL(e(z|x) || p(z|x))",
        "posterior gap",
    ),
    "likelihood": Explanation(
        "The nats that the model itself needs for an image, with any code: what R + D bounds from above, here by "
        "importance weights.",
        "−log p(x) <= R + D",
        "− log p(x)",
    ),
    "effective_samples": Explanation(
        "How many of the draws really count in the importance weights, in the image where they are fewest. Below 100 "
        "the bound is loose.",
        "(sum of w)² / sum of w²",
        "effective samples",
    ),
    "source_information": Explanation(
        "Of data whose true class z* is known: how many nats the code tells of the class, beside what the best code "
        "would tell.",
        "I(z; z*)",
        "I(z; z*)",
    ),
    "label": Explanation(
        "What the code carries, by its share of the whole price: autodecoder below 0.01, semantic to 0.2, syntactic to "
        "0.95, autoencoder above. The names are paper B's, the borders ours.",
        "R / (R + D)",
        "labels",
    ),
    "tuple": Explanation(
        "Encoder, decoder and marginal of a model in three signs: - simple, + complex, v VampPrior, l logistic.",
        "(e(z|x), d(x|z), m(z))",
        "tuple",
    ),
    "marginal": Explanation(
        "What the model holds for a likely code before it has seen an image. New images start from a draw of it.",
        "z ~ m(z), x ~ d(x|z)",
        "marginal m(z)",
    ),
    "beta": Explanation(
        "What a nat of rate costs beside a nat of distortion. Below 1 the model copies more, above 1 it compresses "
        "more; each beta finds the point where the frontier falls by beta nats of D for one of R.",
        "D + beta R",
        "beta",
    ),
    "target_rate": Explanation(
        "The rate that training steers to, whatever multiplier that takes; the best "
        "distortion at that rate is the point.",
        "minimise D where R = R*",
        "target rate",
    ),
    "stderr": Explanation(
        "The standard error of a measurement: how far it would move with other test images and other noise, two times "
        "out of three.",
        "standard deviation / sqrt(images)",
        "± beside a number",
    ),
    "reconstructions": Explanation(
        "An image goes in, its code is drawn, and an image is drawn from the code. The mean of five draws from one "
        "code shows what the code itself holds.",
        "z ~ e(z|x), x ~ d(x|z)",
        "reconstructions",
    ),
    "generations": Explanation(
        "No image goes in: the code is a draw of m(z). All points of a data set get the same noise, so that their "
        "pictures compare.",
        "z ~ m(z), x ~ d(x|z)",
        "generations",
    ),
    "strip": Explanation(
        "One column for each point of the staircase, from low rate to high: the same image reconstructed, the same "
        "noise decoded. At the left an autodecoder makes up an image, at the right an autoencoder copies it.",
        "",
        "strip",
    ),
    "nats": Explanation(
        "The unit of everything here: of an example, summed over its pixels or dimensions, averaged over examples.",
        "1 nat = 1.4427 bits",
        "nats",
    ),
}
"""By the key under which a control or a quantity asks for it."""
