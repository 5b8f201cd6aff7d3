package io.kurir.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** Who may know what. */
@AnalyzeClasses(packages = "io.kurir", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseRulesTest {

    @ArchTest
    static final ArchRule webTypesStayInHttp = noClasses()
            .that()
            .resideOutsideOfPackages("io.kurir.http", "io.kurir.simulator")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.ext.web..", "io.vertx.openapi..");

    @ArchTest
    static final ArchRule sqlStaysInStores = noClasses()
            .that(not(belongsToAStore()))
            .and()
            .resideOutsideOfPackage("io.kurir.db..")
            .should()
            .callMethodWhere(onAQuery());

    @ArchTest
    static final ArchRule browserTypesStayInTheAdapter = noClasses()
            .that()
            .resideOutsideOfPackage("io.kurir.whatsapp.browser")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.microsoft.playwright..");

    @ArchTest
    static final ArchRule onlyTheWiringKnowsTheAdapter = noClasses()
            .that()
            .resideOutsideOfPackage("io.kurir.whatsapp.browser")
            .and()
            .haveNameNotMatching("io\\.kurir\\.(Kurir|Profiles|BrowserTrial)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.kurir.whatsapp.browser");

    @ArchTest
    static final ArchRule onlyTheBusKnowsTheEventBus = noClasses()
            .that()
            .resideOutsideOfPackages("io.kurir.bus", "io.kurir.client")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(io.vertx.core.eventbus.EventBus.class);

    @ArchTest
    static final ArchRule onlyTracesKnowOpenTelemetry = noClasses()
            .that()
            .resideOutsideOfPackage("io.kurir.trace")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.opentelemetry..");

    @ArchTest
    static final ArchRule dialectsTranslateAndNothingElse = noClasses()
            .that()
            .resideInAPackage("io.kurir.dialect..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.kurir.bus..", "io.kurir.db..", "io.vertx.sqlclient..")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(java.time.InstantSource.class);

    /** It is a jar of its own, for programs that have nothing else of ours. */
    @ArchTest
    static final ArchRule theClientNeedsVertxAndNothingElse = classes()
            .that()
            .resideInAPackage("io.kurir.client")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.kurir.client", "java..", "javax.crypto..", "io.vertx.core..", "org.jspecify.annotations");

    /** Nodes and clients share how a frame is sealed and what the addresses are called. */
    @ArchTest
    static final ArchRule theServerUsesSealAndAddressesOnly = noClasses()
            .that()
            .resideOutsideOfPackage("io.kurir.client")
            .should()
            .dependOnClassesThat(DescribedPredicate.describe(
                    "are the client's own",
                    type -> type.getPackageName().equals("io.kurir.client")
                            && !type.getName().startsWith("io.kurir.client.Seal")
                            && !type.getName().equals("io.kurir.client.Addresses")));

    @ArchTest
    static final ArchRule aStoreIsKnownInItsOwnPackageOnly = classes()
            .that()
            .haveSimpleNameEndingWith("Store")
            .and()
            .doNotHaveSimpleName("Store")
            .should(beUsedInItsOwnPackageOnly());

    @ArchTest
    static final ArchRule theProductDoesNotKnowTheSimulator = noClasses()
            .that()
            .resideOutsideOfPackages("io.kurir.simulator", "io.kurir.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.kurir.simulator");

    @ArchTest
    static final ArchRule packagesAreNounsOfTheTrade =
            noClasses().should().resideInAnyPackage("..util..", "..utils..", "..model..", "..common..", "..helper..");

    private static DescribedPredicate<JavaClass> belongsToAStore() {
        return DescribedPredicate.describe(
                "belong to a store",
                type -> simpleNameEndingWith("Store").test(type)
                        || type.getEnclosingClass()
                                .map(outer -> outer.getSimpleName().endsWith("Store"))
                                .orElse(false)
                        || type.getSimpleName().equals("EventLog"));
    }

    private static DescribedPredicate<JavaMethodCall> onAQuery() {
        return DescribedPredicate.describe(
                "make a query",
                call -> resideInAnyPackage("io.vertx.sqlclient..").test(call.getTargetOwner())
                        && java.util.Set.of("query", "preparedQuery", "withTransaction")
                                .contains(call.getName()));
    }

    private static DescribedPredicate<JavaClass> not(DescribedPredicate<JavaClass> predicate) {
        return DescribedPredicate.not(predicate);
    }

    private static ArchCondition<JavaClass> beUsedInItsOwnPackageOnly() {
        return new ArchCondition<>("be used in its own package only") {
            @Override
            public void check(JavaClass store, ConditionEvents events) {
                store.getDirectDependenciesToSelf().stream()
                        .filter(use -> !use.getOriginClass().getPackageName().equals(store.getPackageName()))
                        .filter(use -> !use.getOriginClass().getFullName().equals("io.kurir.Kurir"))
                        .forEach(use -> events.add(SimpleConditionEvent.violated(store, use.getDescription())));
            }
        };
    }
}
